/** Roles of a table's columns: guessed, and as chosen columns. */
import { type Columns, guessedColumns, labelColumns, labelsIn, type TableHead } from '../../core/documents/columns';
import { type GivenColumns, givenFor } from '../../core/runs/givenColumns';
import type { Purpose } from '../../core/runs/tuning';
import type { Roles } from './ColumnMap';

/** Proposed roles: those chosen before for a table with the same columns, else guessed. */
export function proposedRoles(head: TableHead, tunes: Purpose | undefined, earlier: readonly GivenColumns[]): Roles {
  return (tunes && givenFor(earlier, head.columns, tunes)?.columns) ?? rolesOf(head, tunes);
}

/** Guesses roles from column names and first rows. */
export function rolesOf(head: TableHead, tunes: Purpose | undefined): Roles {
  if (tunes === 'classify') return labelColumns(head);
  const guessed = guessedColumns(head);
  if (tunes !== 'instruct') return guessed;
  if ('input' in guessed) return { input: guessed.input, target: guessed.target };
  // The two columns with the most text.
  const letters = head.columns.map((_, i) => head.rows.reduce((sum, row) => sum + row[i]!.length, 0));
  const longest = [...letters.keys()].sort((a, b) => letters[b]! - letters[a]!).slice(0, 2);
  const [input, target] = longest.sort((a, b) => a - b).map((i) => head.columns[i]);
  return { ...(input !== undefined && { input }), ...(target !== undefined && { target }) };
}

export function columnsOf({ text, besides, input, target, ...metadata }: Roles): Columns | undefined {
  if (text !== undefined) return { text, ...(besides && { besides: [...besides] }), ...metadata };
  return input !== undefined && target !== undefined ? { input, target, ...metadata } : undefined;
}

export const cellsOf = ({ columns, rows }: TableHead, name: string | undefined): readonly string[] =>
  name === undefined ? [] : rows.map((row) => row[columns.indexOf(name)] ?? '');

/** Whether these roles give examples with at least two labels. */
export const areLabeled = (head: TableHead, { text, label }: Roles): boolean =>
  text !== undefined && label !== undefined && labelsIn(head, label).length >= 2;
