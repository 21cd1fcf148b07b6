/** Which labels are taken for which, as a terminal prints it. */
import type { Confusion } from '../src/core/metrics/labels/confusion';
import { print } from './terminal';

/** A row for each label that was wanted, a column for each that was given, by their numbers. */
export function printConfusion({ labels, counts }: Confusion): void {
  const names = labels.map((label, i) => `${i + 1} ${label === '' ? '(nothing)' : label}`);
  const wide = Math.max(...names.map(({ length }) => length));
  const width = Math.max(...counts.flat().map((count) => String(count).length), String(labels.length).length);
  const row = (name: string, cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(wide)}  ${cells.map((cell) => String(cell).padStart(width)).join('  ')}`;
  print('Confusion: a row for each label that was wanted, a column for each that was given.');
  print(
    row(
      '',
      labels.map((_, i) => i + 1),
    ),
  );
  for (const [i, name] of names.entries()) print(row(name, counts[i]!));
}
