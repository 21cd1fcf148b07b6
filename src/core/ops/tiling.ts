/** How a matrix product is tiled for the GPU in use. */
import { type AdapterSummary, currentGpu, type Gpu } from '../gpu/backend';

/** Through workgroup memory. Sizes of the part of C that a workgroup computes, and of its share a thread. */
export interface Tiled {
  kind: 'tiled';
  rows: number;
  columns: number;
  /** How much of K is in the workgroup's memory at a time. */
  depth: number;
  /** Rows and columns of a thread; columns a multiple of 4. */
  perRow: number;
  perColumn: number;
  /** Among how many groups of threads K is shared out. */
  slices: number;
}
/** From lane to lane. */
export interface Broadcast {
  kind: 'broadcast';
  /** Rows of C that a workgroup computes; a multiple of `subgroup`. */
  rows: number;
  /** Of a workgroup, four columns each; a multiple of `subgroup`. */
  threads: number;
  /** Lanes of a subgroup. */
  subgroup: number;
}
export type Tiling = Tiled | Broadcast;

const tiled = { kind: 'tiled', depth: 16, perRow: 4, perColumn: 4, slices: 1 } as const;
/** Many small workgroups, for a C that would otherwise not keep a GPU busy. */
export const SMALL: Tiled = { ...tiled, rows: 32, columns: 32 };
/** The same with K shared out (split-K): four times as many threads for a C of few tiles. */
export const SLICED: Tiled = { ...SMALL, depth: 8, slices: 4 };
/** 256 threads, as many as a workgroup can have on every device. */
export const LARGE: Tiled = { ...tiled, rows: 64, columns: 64 };
export const WIDE: Tiled = { ...tiled, rows: 64, columns: 128, perRow: 8 };
/** On a processor without subgroups, where nothing hides a load: most multiplications for each. */
export const SOFTWARE: Tiled = { ...LARGE, perRow: 8, perColumn: 8 };

/** Products that one tiling suits alike: by how the factors lie, and whether C is large. */
export const SHAPE_CLASSES = ['NN small', 'NN large', 'NT small', 'NT large', 'TN small', 'TN large'] as const;
export type ShapeClass = (typeof SHAPE_CLASSES)[number];
interface Shape {
  M: number;
  N: number;
  K: number;
  transposeA?: boolean;
  transposeB?: boolean;
}
/** Bits do not depend on the tiling, since every tiling adds up K in the same order; except for SLICED, which the shape decides. */
export function tilingFor(shape: Shape): Tiling {
  const gpu = currentGpu();
  if (!gpu) return SMALL;
  const { M, N, K, transposeA, transposeB } = shape;
  const size = M * N >= 512 * 512 ? 'large' : 'small';
  if (!gpu.adapter.software && size === 'small' && K >= 512) return SLICED;
  const kind = transposeA ? 'TN' : transposeB ? 'NT' : 'NN';
  const name = `${kind} ${size}` as const;
  const tiling = chosen.get(gpu)?.get(name) ?? Object.values(candidates(gpu, name))[0]!;
  return tiling.kind === 'broadcast' ? narrowed(tiling, N) : tiling;
}
/** No more subgroups than there are columns for. */
const narrowed = (tiling: Broadcast, N: number): Broadcast => {
  const subgroups = Math.ceil(N / 4 / tiling.subgroup);
  return { ...tiling, threads: Math.min(tiling.threads, subgroups * tiling.subgroup) };
};
/** From now on. */
export function setTiling(gpu: Gpu, name: ShapeClass, tiling: Tiling): void {
  let tilings = chosen.get(gpu);
  if (!tilings) chosen.set(gpu, (tilings = new Map<ShapeClass, Tiling>()));
  tilings.set(name, tiling);
}
const chosen = new WeakMap<Gpu, Map<ShapeClass, Tiling>>();

/** Tilings by name that are worth measuring, first the one to be expected best. */
export function candidates({ adapter }: Gpu, name: ShapeClass): Readonly<Record<string, Tiling>> {
  const broadcast = broadcastOn(adapter);
  if (adapter.software) return broadcast ? { broadcast, software: SOFTWARE } : { software: SOFTWARE };
  const tiles = name.endsWith('large') ? { large: LARGE, wide: WIDE, small: SMALL } : { small: SMALL, large: LARGE };
  return broadcast ? { ...tiles, broadcast } : tiles;
}

/** Undefined where subgroups are missing, may differ in size, or would need too many registers. */
function broadcastOn({ lanes }: AdapterSummary): Broadcast | undefined {
  if (lanes < 4 || lanes > 32) return undefined;
  const rows = Math.max(16, lanes);
  return { kind: 'broadcast', rows, threads: rows, subgroup: lanes };
}
