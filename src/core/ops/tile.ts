/** How a matrix product is cut for the GPU in use. */
import { currentGpu } from '../gpu/backend';

/** Sizes of the part of C that a workgroup computes, and of its share a thread. */
export interface Tile {
  rows: number;
  columns: number;
  /** How much of K is in the workgroup's memory at a time. */
  depth: number;
  /** Rows and columns of a thread; columns a multiple of 4. */
  perRow: number;
  perColumn: number;
}

/** Many small workgroups, for a C that would not keep a GPU busy else. */
export const SMALL: Tile = { rows: 32, columns: 32, depth: 16, perRow: 4, perColumn: 4 };
/** 256 threads, as many as a workgroup can have on every device. */
export const LARGE: Tile = { rows: 64, columns: 64, depth: 16, perRow: 4, perColumn: 4 };
/** On a processor, where nothing hides a load: most multiplications for each. 2 to 2.4 times SMALL on Mesa's llvmpipe. */
export const SOFTWARE: Tile = { rows: 64, columns: 64, depth: 16, perRow: 8, perColumn: 8 };

export function chosenTile({ M, N }: { M: number; N: number }): Tile {
  if (currentGpu()?.adapter.software) return SOFTWARE;
  return M * N >= 256 * 1024 ? LARGE : SMALL;
}
