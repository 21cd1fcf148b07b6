/** Training columns of a table, and what its other columns say about each row. */
import { badFile } from '../base/errors';
import { z } from '../base/zod';
import type { Row } from './formats/format';

/** Facts about a row besides its training columns. */
const factFields = {
  title: z.string().exactOptional(),
  label: z.string().exactOptional(),
  date: z.string().exactOptional(),
  language: z.string().exactOptional(),
};
const pairSchema = z.object({ input: z.string(), target: z.string(), ...factFields });
const textSchema = z.object({ text: z.string(), besides: z.array(z.string()).exactOptional(), ...factFields });
export const columnsSchema = z.union([pairSchema, textSchema]);
/** Names of the input column and the target column. */
export type PairColumns = z.infer<typeof pairSchema>;
/** Name of the training column, and of those appended to it in the text, each after a blank line. */
export type TextColumns = z.infer<typeof textSchema>;
export type Columns = PairColumns | TextColumns;

/** Possible roles of a column. */
export const COLUMN_ROLES = [
  'text',
  'input',
  'target',
  ...(Object.keys(factFields) as (keyof typeof factFields)[]),
] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** Usual column names of each role, in lower case, the likeliest first. */
const USUAL_NAMES: Readonly<Record<ColumnRole, readonly string[]>> = {
  text: 'text content body document article sentence message review comment story tweet post abstract description transcript quote lyrics'.split(
    ' ',
  ),
  input: 'input question prompt instruction source query problem'.split(' '),
  target: 'target answer output response completion translation solution summary'.split(' '),
  title: 'title headline subject heading name'.split(' '),
  label: 'label labels category class intent sentiment tag topic rating stars'.split(' '),
  date: 'date created_at created published published_at timestamp time datetime'.split(' '),
  language: 'language lang locale'.split(' '),
};

/** Returns the columns named input and target, else the first two. */
export function usualColumns(columns: readonly string[]): PairColumns {
  const [input, target] = (['input', 'target'] as const).map((name) =>
    columns.find((column) => column.toLowerCase() === name),
  );
  return input !== undefined && target !== undefined
    ? { input, target }
    : { input: columns[0] ?? '', target: columns[1] ?? columns[0] ?? '' };
}

/** Name for comparison: `body` of `mail.Body`. */
const comparableName = (column: string): string => column.trim().toLowerCase().split('.').at(-1)!;

/** Whether the column's name is usual for the role. */
export const isCalled = (role: ColumnRole, column: string): boolean =>
  USUAL_NAMES[role].includes(comparableName(column));

/** Detects columns by name: a text column, else a pair; if no name matches, the column with the most text. */
export function recognisedColumns({ columns, rows }: TableHead): Columns {
  const names = new Map(columns.map((column) => [comparableName(column), column] as const).reverse());
  const columnFor = (role: ColumnRole): string | undefined => {
    const name = USUAL_NAMES[role].find((usualName) => names.has(usualName));
    return name === undefined ? undefined : names.get(name);
  };
  const factColumns = Object.fromEntries(
    (Object.keys(factFields) as (keyof typeof factFields)[]).flatMap((role) => {
      const column = columnFor(role);
      return column === undefined ? [] : [[role, column]];
    }),
  );
  const [text, input, target] = [columnFor('text'), columnFor('input'), columnFor('target')];
  if (text !== undefined) return { text, ...factColumns };
  if (input !== undefined && target !== undefined) return { input, target, ...factColumns };
  const lengths = columns.map((_, i) => rows.reduce((sum, cells) => sum + (cells[i]?.length ?? 0), 0));
  const longest = columns[lengths.indexOf(lengths.reduce((max, length) => Math.max(max, length), 0))] ?? '';
  const otherFacts = Object.entries(factColumns).filter(([, name]) => name !== longest);
  return { text: longest, ...Object.fromEntries(otherFacts) };
}

/** Like `recognisedColumns`, but if no name matches a label, a column with few distinct values is the label. */
export function guessedColumns(head: TableHead): Columns {
  const columns = recognisedColumns(head);
  if (!('text' in columns) || columns.label !== undefined) return columns;
  const chosenNames = namesIn(columns);
  const label = head.columns.find(
    (column, index) => !chosenNames.includes(column) && labelsInColumn(head, index).length >= 2,
  );
  return label === undefined ? columns : { ...columns, label };
}

/** Returns a text and its label column. A title joins the text, in table order: an email's subject before its body. */
export function labelColumns(head: TableHead): Partial<Pick<TextColumns, 'text' | 'besides' | 'label'>> {
  const columns = guessedColumns(head);
  const textColumn = 'text' in columns ? columns.text : columns.input;
  const [text, ...besides] = head.columns.filter((name) => name === textColumn || name === columns.title);
  return {
    ...(text !== undefined && { text }),
    ...(besides.length > 0 && { besides }),
    ...(columns.label !== undefined && { label: columns.label }),
  };
}

/** Distinct labels of a column; none if its values are too long, too few or too varied to be labels. */
export const labelsIn = (head: TableHead, column: string): readonly string[] =>
  labelsInColumn(head, head.columns.indexOf(column));

function labelsInColumn({ rows }: TableHead, index: number): readonly string[] {
  const values = rows.map((cells) => (cells[index] ?? '').trim()).filter((value) => value !== '');
  const labels = [...new Set(values)];
  const isRepetitive = values.length >= MIN_LABELED_ROWS && labels.length <= values.length / 2;
  return isRepetitive && labels.every((label) => label.length <= MAX_LABEL_LENGTH) ? labels : [];
}
/** Non-empty values that a label column needs in the first rows of a table. */
const MIN_LABELED_ROWS = 4;
/** Characters of a value that can be a label. */
const MAX_LABEL_LENGTH = 40;

/** Columns of a table, and its first rows, a cell per column. */
export interface TableHead {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}
/** Number of first rows from which columns are detected. */
export const HEAD_ROWS = 20;

export function headOf(rows: readonly Row['cells'][]): TableHead {
  const columns = [...new Set(rows.flatMap((cells) => [...cells.keys()]))];
  return { columns, rows: rows.map((cells) => columns.map((column) => cells.get(column) ?? '')) };
}

/** Names of all chosen columns. */
export const namesIn = (columns: Columns): readonly string[] => Object.values(columns).flat();
/** Names of the training columns. */
export const usedColumns = (columns: Columns): readonly string[] =>
  'text' in columns ? [columns.text, ...(columns.besides ?? [])] : [columns.input, columns.target];

/** The non-empty cells of these columns in a row, joined. */
export const textInRow = (cells: Row['cells'], names: readonly string[]): string =>
  names
    .map((name) => cells.get(name) ?? '')
    .filter(hasText)
    .join('\n\n');

export const hasText = (cell: string): boolean => cell.trim() !== '';

/** @throws HomegrownError `bad-file` if there are fewer than two columns */
export function checkPairs(name: string, columns: readonly string[]): void {
  if (columns.length >= 2) return;
  const [column] = columns;
  if (column === undefined) throw noRows(name);
  throw badFile(
    `${name} has one column, ${JSON.stringify(column)}.`,
    'A table of pairs needs two or more named columns and one row per pair.',
  );
}

export const noRows = (name: string): Error =>
  badFile(`${name} has no rows.`, 'A table needs a header line and one row per document.');
