/** Multiplies matrices with any strides, with the panel kernels. */
import { COLUMNS, type Kernels, ROWS } from './kernels';

/** Matrix on the heap: its address, and its strides in bytes per row and per column; one of them is 4. */
export interface Matrix {
  at: number;
  row: number;
  column: number;
}

export const panelsOf = (columns: number): number => Math.ceil(columns / COLUMNS);
/** Returns the bytes of a packed matrix [inner, columns]. */
export const packedBytes = (inner: number, columns: number): number => 4 * inner * COLUMNS * panelsOf(columns);
/** Returns the scratch bytes of `multiplyRows` for this number of rows. */
export const scratchBytes = (inner: number, rows: number): number => 4 * inner * ROWS * Math.ceil(rows / ROWS) + TILE;
const TILE = 4 * ROWS * COLUMNS;

/** Packs `panels` panels of B [inner, columns] from panel `first` on into their places in `to`. */
export function packColumns(
  kernels: Kernels,
  b: Matrix,
  to: number,
  inner: number,
  columns: number,
  first: number,
  panels: number,
): void {
  for (let panel = first; panel < first + panels; panel++) {
    const column = panel * COLUMNS;
    const into = to + 4 * inner * column;
    for (let half = 0; half < COLUMNS && column + half < columns; half += ROWS) {
      const from = b.at + (column + half) * b.column;
      const count = Math.min(ROWS, columns - column - half);
      packFour(kernels, from, b.row, b.column, into + 4 * half, 4 * COLUMNS, inner, count);
    }
  }
}

/** Packs up to four rows or columns, `across` apart, with elements along the inner index `stride` apart. */
function packFour(
  kernels: Kernels,
  from: number,
  stride: number,
  across: number,
  to: number,
  step: number,
  inner: number,
  count: number,
): void {
  if (count < ROWS) kernels.packSome(from, stride, across, to, step, inner, count);
  else if (across === 4) kernels.pack(from, stride, to, step, inner);
  else {
    const max = stride === 4 ? inner - (inner % 4) : 0;
    if (max > 0) kernels.packTurned(from, across, to, step, max);
    if (max < inner) kernels.packSome(from + max * stride, stride, across, to + max * step, step, inner - max, count);
  }
}

/**
 * Computes rows `first` ... `first + rows - 1` of C = A B, or adds them to C: rows of C are `stride` bytes apart. B is
 * packed; only `panels` of its panels from `firstPanel` on are used.
 */
export function multiplyRows(
  kernels: Kernels,
  a: Matrix,
  packed: number,
  c: { at: number; stride: number },
  { inner, columns }: { inner: number; columns: number },
  { first, rows }: { first: number; rows: number },
  { firstPanel, panels }: { firstPanel: number; panels: number },
  scratch: number,
  adds: boolean,
): void {
  const into = scratch + TILE;
  const panelBytes = 4 * inner * ROWS;
  const rowPanels = Math.ceil(rows / ROWS);
  for (let panel = 0; panel < rowPanels; panel++) {
    const at = a.at + (first + panel * ROWS) * a.row;
    packFour(
      kernels,
      at,
      a.column,
      a.row,
      into + panel * panelBytes,
      4 * ROWS,
      inner,
      Math.min(ROWS, rows - panel * ROWS),
    );
  }
  const place = (row: number, panel: number): number => c.at + (first + row) * c.stride + 4 * COLUMNS * panel;
  const columnBytes = 4 * inner * COLUMNS;
  const end = firstPanel + panels;
  const wholeRows = adds ? 0 : Math.floor(rows / ROWS);
  const wholePanels = Math.max(firstPanel, Math.min(end, Math.floor(columns / COLUMNS)));
  if (wholeRows > 0 && wholePanels > firstPanel) {
    const from = packed + firstPanel * columnBytes;
    kernels.multiply(into, from, place(0, firstPanel), inner, wholeRows, wholePanels - firstPanel, c.stride);
  }
  for (let panel = firstPanel; panel < end; panel++) {
    const taken = Math.min(COLUMNS, columns - panel * COLUMNS);
    for (let row = panel < wholePanels ? wholeRows : 0; row < rowPanels; row++) {
      kernels.multiply(into + row * panelBytes, packed + panel * columnBytes, scratch, inner, 1, 1, 4 * COLUMNS);
      const count = Math.min(ROWS, rows - row * ROWS);
      kernels.put(scratch, place(row * ROWS, panel), count, taken, c.stride, Number(adds));
    }
  }
}
