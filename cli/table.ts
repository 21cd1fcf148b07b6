/** Tables for the terminal. */

/** Aligns the first `words` columns left and numbers right. */
export function inColumns(rows: readonly (readonly string[])[], words: number): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i < words ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

/** Rounds a report's numbers to four digits. */
export const roundNumbers = (report: object): object =>
  Object.fromEntries(
    Object.entries(report).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(4)) : (value as unknown),
    ]),
  );
