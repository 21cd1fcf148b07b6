/** Prints the confusion matrix and the counts of each label. */
import type { Confusion } from '../src/core/metrics/labels/confusion';
import { formatShare } from '../src/core/base/units';
import { answersAt, answersWords, eachLabel, isOfSeveral } from '../src/core/evaluate/eachLabel';
import type { LabeledTexts } from '../src/core/evaluate/evaluation';
import { print } from './terminal';

/** A row for each actual label, a column for each predicted one, by their numbers. */
export function printConfusion({ labels, counts }: Confusion): void {
  const names = labels.map((label, i) => `${i + 1} ${label === '' ? '(nothing)' : label}`);
  const nameWidth = Math.max(...names.map(({ length }) => length));
  const cellWidth = Math.max(...counts.flat().map((count) => String(count).length), String(labels.length).length);
  const row = (name: string, cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(nameWidth)}  ${cells.map((cell) => String(cell).padStart(cellWidth)).join('  ')}`;
  print('Confusion matrix: actual labels in rows, predicted labels in columns.');
  print(
    row(
      '',
      labels.map((_, i) => i + 1),
    ),
  );
  for (const [i, name] of names.entries()) print(row(name, counts[i]!));
}

/** A row for each label: texts in which it was found, missed, and wrongly predicted. */
export function printEachLabel(labeled: LabeledTexts): void {
  const rows = eachLabel(labeled);
  const nameWidth = Math.max(...rows.map(({ label }) => label.length));
  const counts = rows.map(({ found, missed, wrong }) => [found, missed, wrong]);
  const cellWidth = Math.max('missed'.length, ...counts.flat().map((count) => String(count).length));
  const row = (name: string, cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(nameWidth)}  ${cells.map((cell) => String(cell).padStart(cellWidth)).join('  ')}`;
  print('Each label: texts found (true positives), missed (false negatives) and wrongly predicted (false positives).');
  print(row('', ['found', 'missed', 'wrong']));
  for (const [i, { label }] of rows.entries()) print(row(label, counts[i]!));
}

/** Prints how many texts get a label at the confidence threshold. */
export function printAnswers(labeled: LabeledTexts): void {
  const { atLeast = 0, given } = labeled;
  const summary = atLeast > 0 && answersAt(labeled, atLeast);
  if (!summary) return;
  const several = isOfSeveral({ given });
  print(
    `At a confidence threshold of ${formatShare(atLeast)}, the model ${several ? 'assigns' : 'labels'} ${answersWords(summary, several)}.`,
  );
}
