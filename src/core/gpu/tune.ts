/** Which tile of a matrix product this device does best: measured once, or guessed. */

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

export const TILES = [
  { rows: 32, columns: 32, depth: 16, perRow: 4, perColumn: 4 },
  { rows: 64, columns: 64, depth: 16, perRow: 4, perColumn: 4 },
  { rows: 64, columns: 64, depth: 16, perRow: 8, perColumn: 8 },
] as const satisfies readonly Tile[];

export function chosenTile({ M, N }: { M: number; N: number }): Tile {
  return M * N >= 256 * 1024 ? TILES[1] : TILES[0];
}
