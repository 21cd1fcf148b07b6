/** CSV tables (RFC 4180), which every spreadsheet can open. */

/** Unknown values become empty cells. Numbers keep every digit. */
export type Cell = string | number | undefined;

export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

function field(cell: Cell): string {
  const words = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
}
