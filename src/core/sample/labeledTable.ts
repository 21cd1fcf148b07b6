/** Extends a table by a classifier's predictions: adds the columns `label`, `sure` and `p(LABEL)`. */
import type { Cell } from '../base/csv';
import { labelsAsOne } from '../base/labels';

interface Given {
  /** [labels] */
  probabilities: ArrayLike<number>;
  labels: readonly string[];
}

/** Header of the extended table. Renames added columns whose names the table has already. */
export function labeledHeader(columns: readonly string[], labels: readonly string[]): readonly string[] {
  const free = (name: string): string => (columns.includes(name) ? free(`${name}_given`) : name);
  return [...columns, free('label'), free('sure'), ...labels.map((label) => free(`p(${label})`))];
}

/** @param given undefined for a row without text @param count number of labels */
export function labeledRow(
  cells: ReadonlyMap<string, string>,
  columns: readonly string[],
  given: Given | undefined,
  count: number,
): readonly Cell[] {
  const own = columns.map((name) => cells.get(name) ?? '');
  if (!given) return [...own, '', undefined, ...new Array<undefined>(count).fill(undefined)];
  const probabilities = Array.from(given.probabilities, digits);
  return [...own, labelsAsOne(given.labels), Math.max(...probabilities), ...probabilities];
}

/** Rounds a probability to six significant digits. */
const digits = (p: number): number => Number(p.toPrecision(6));
