/** Tables as text that every spreadsheet opens: RFC 4180. */

/** What is not known is an empty cell. Numbers have every digit. */
export type Cell = string | number | undefined;

export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');

function field(cell: Cell): string {
  const words = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(words) ? `"${words.replaceAll('"', '""')}"` : words;
}
