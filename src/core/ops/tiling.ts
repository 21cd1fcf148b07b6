/** Chooses the tiling of a matrix product on the current GPU. */
import { type AdapterSummary, currentGpu, type Gpu } from '../gpu/backend';

/** Tiling through workgroup memory: sizes of a workgroup's part of C, and of a thread's. */
export interface Tiled {
  kind: 'tiled';
  rows: number;
  columns: number;
  /** Depth of K in workgroup memory at a time. */
  depth: number;
  /** Rows and columns per thread; columns a multiple of 4. */
  perRow: number;
  perColumn: number;
  /** Number of thread groups that split K. */
  slices: number;
}
/** Tiling by broadcasts between lanes. */
export interface Broadcast {
  kind: 'broadcast';
  /** Rows of C per workgroup; a multiple of `subgroup`. */
  rows: number;
  /** Threads per workgroup, four columns each; a multiple of `subgroup`. */
  threads: number;
  /** Lanes of a subgroup. */
  subgroup: number;
}
export type Tiling = Tiled | Broadcast;

const tiled = { kind: 'tiled', depth: 16, perRow: 4, perColumn: 4, slices: 1 } as const;
/** Many small workgroups, for a C that would otherwise not saturate a GPU. */
export const SMALL: Tiled = { ...tiled, rows: 32, columns: 32 };
/** Small tiles with split-K: four times as many threads for a C of few tiles. */
export const SLICED: Tiled = { ...SMALL, depth: 8, slices: 4 };
/** 256 threads, the maximum of a workgroup on every device. */
export const LARGE: Tiled = { ...tiled, rows: 64, columns: 64 };
export const WIDE: Tiled = { ...tiled, rows: 64, columns: 128, perRow: 8 };
/** For a CPU without subgroups, where nothing hides a load: maximizes multiplications per load. */
export const SOFTWARE: Tiled = { ...LARGE, perRow: 8, perColumn: 8 };

/** Products for which the same tiling is best: by layout of the factors, and whether C is large. */
export const SHAPE_CLASSES = ['NN small', 'NN large', 'NT small', 'NT large', 'TN small', 'TN large'] as const;
export type ShapeClass = (typeof SHAPE_CLASSES)[number];
interface Shape {
  M: number;
  N: number;
  K: number;
  transposeA?: boolean;
  transposeB?: boolean;
}
/** Bits don't depend on the tiling, since all sum K in the same order; except SLICED, which depends on the shape. */
export function tilingFor(shape: Shape): Tiling {
  const gpu = currentGpu();
  if (!gpu) return SMALL;
  const { M, N, K, transposeA, transposeB } = shape;
  const size = M * N >= 512 * 512 ? 'large' : 'small';
  if (!gpu.adapter.software && size === 'small' && K >= 512) return SLICED;
  const kind = transposeA ? 'TN' : transposeB ? 'NT' : 'NN';
  const name = `${kind} ${size}` as const;
  const tiling = tilingsByGpu.get(gpu)?.get(name) ?? Object.values(candidates(gpu, name))[0]!;
  return tiling.kind === 'broadcast' ? fitToColumns(tiling, N) : tiling;
}
/** Limits the subgroups to the number of columns. */
const fitToColumns = (tiling: Broadcast, N: number): Broadcast => {
  const subgroups = Math.ceil(N / 4 / tiling.subgroup);
  return { ...tiling, threads: Math.min(tiling.threads, subgroups * tiling.subgroup) };
};
/** Sets the tiling of later products. */
export function setTiling(gpu: Gpu, name: ShapeClass, tiling: Tiling): void {
  let tilings = tilingsByGpu.get(gpu);
  if (!tilings) tilingsByGpu.set(gpu, (tilings = new Map<ShapeClass, Tiling>()));
  tilings.set(name, tiling);
}
const tilingsByGpu = new WeakMap<Gpu, Map<ShapeClass, Tiling>>();

/** Returns tilings worth measuring, by name; the expected best first. */
export function candidates({ adapter }: Gpu, name: ShapeClass): Readonly<Record<string, Tiling>> {
  const broadcast = broadcastOn(adapter);
  if (adapter.software) return broadcast ? { broadcast, software: SOFTWARE } : { software: SOFTWARE };
  const tiles = name.endsWith('large') ? { large: LARGE, wide: WIDE, small: SMALL } : { small: SMALL, large: LARGE };
  return broadcast ? { ...tiles, broadcast } : tiles;
}

/** Undefined if subgroups are missing, vary in size, or would need too many registers. */
function broadcastOn({ lanes }: AdapterSummary): Broadcast | undefined {
  if (lanes < 4 || lanes > 32) return undefined;
  const rows = Math.max(16, lanes);
  return { kind: 'broadcast', rows, threads: rows, subgroup: lanes };
}
