/** Multiplies matrices with any strides, with the panel kernels. */
import { COLUMNS, type Kernels, ROWS } from './kernels';

/** Matrix on the heap: its address, and its strides in bytes per row and per column; one of them is 4. */
export interface Matrix {
  address: number;
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
    const panelAddress = to + 4 * inner * column;
    for (let half = 0; half < COLUMNS && column + half < columns; half += ROWS) {
      const from = b.address + (column + half) * b.column;
      const count = Math.min(ROWS, columns - column - half);
      packFour(kernels, from, b.row, b.column, panelAddress + 4 * half, 4 * COLUMNS, inner, count);
    }
  }
}

/** Packs up to four rows or columns, `laneStride` apart, with elements along the inner index `stride` apart. */
function packFour(
  kernels: Kernels,
  from: number,
  stride: number,
  laneStride: number,
  to: number,
  step: number,
  inner: number,
  count: number,
): void {
  if (count < ROWS) kernels.packSome(from, stride, laneStride, to, step, inner, count);
  else if (laneStride === 4) kernels.pack(from, stride, to, step, inner);
  else {
    const vectorized = stride === 4 ? inner - (inner % 4) : 0;
    if (vectorized > 0) kernels.packTurned(from, laneStride, to, step, vectorized);
    if (vectorized < inner)
      kernels.packSome(
        from + vectorized * stride,
        stride,
        laneStride,
        to + vectorized * step,
        step,
        inner - vectorized,
        count,
      );
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
  c: { address: number; stride: number },
  { inner, columns }: { inner: number; columns: number },
  { first, rows }: { first: number; rows: number },
  { firstPanel, panels }: { firstPanel: number; panels: number },
  scratch: number,
  accumulates: boolean,
): void {
  const packedRows = scratch + TILE;
  const panelBytes = 4 * inner * ROWS;
  const rowPanels = Math.ceil(rows / ROWS);
  for (let panel = 0; panel < rowPanels; panel++) {
    const rowAddress = a.address + (first + panel * ROWS) * a.row;
    packFour(
      kernels,
      rowAddress,
      a.column,
      a.row,
      packedRows + panel * panelBytes,
      4 * ROWS,
      inner,
      Math.min(ROWS, rows - panel * ROWS),
    );
  }
  const addressOf = (row: number, panel: number): number => c.address + (first + row) * c.stride + 4 * COLUMNS * panel;
  const columnBytes = 4 * inner * COLUMNS;
  const end = firstPanel + panels;
  const fullRowPanels = accumulates ? 0 : Math.floor(rows / ROWS);
  const fullPanels = Math.max(firstPanel, Math.min(end, Math.floor(columns / COLUMNS)));
  if (fullRowPanels > 0 && fullPanels > firstPanel) {
    const from = packed + firstPanel * columnBytes;
    kernels.multiply(
      packedRows,
      from,
      addressOf(0, firstPanel),
      inner,
      fullRowPanels,
      fullPanels - firstPanel,
      c.stride,
    );
  }
  for (let panel = firstPanel; panel < end; panel++) {
    const columnCount = Math.min(COLUMNS, columns - panel * COLUMNS);
    for (let row = panel < fullPanels ? fullRowPanels : 0; row < rowPanels; row++) {
      kernels.multiply(packedRows + row * panelBytes, packed + panel * columnBytes, scratch, inner, 1, 1, 4 * COLUMNS);
      const count = Math.min(ROWS, rows - row * ROWS);
      kernels.put(scratch, addressOf(row * ROWS, panel), count, columnCount, c.stride, Number(accumulates));
    }
  }
}
