/** Converts rows of a table to documents. */
import { badFile } from '../base/errors';
import { counted, formatCount, formatShare } from '../base/units';
import type { BadRows } from './badRows';
import {
  checkPairs,
  type Columns,
  HEAD_ROWS,
  hasText,
  headOf,
  usedColumns,
  namesIn,
  noRows,
  recognisedColumns,
  textInRow,
  usualColumns,
} from './columns';
import { languageCode } from './languageCode';
import type { BadRow } from '../base/badRow';
import type { FoundDocument, OpenFile, Row } from './formats/format';

/** A row as a document: its text, or input, line end and target, with the byte ranges of both in UTF-8. */
export interface RowDocument extends FoundDocument {
  title: string;
  /** Number in its table from 1, as in a spreadsheet. */
  row: number;
  spans?: Pair['spans'];
}
export interface Pair {
  title: string;
  text: string;
  spans: { input: readonly [number, number]; target: readonly [number, number] };
}

/** Chosen columns; null: the two default columns; otherwise detected by name. */
export type AskedColumns = Columns | 'recognised' | null;

/**
 * Yields the rows of a table in order. Rows without text in a training column are left out and noted.
 * @param rows of the file
 * @param seenColumns receives the chosen columns and, at the end, the number of rows left out
 * @param bad collects malformed rows, also those that the caller adds
 * @throws HomegrownError `bad-rows`; `bad-file` if a column is missing, or no row has text
 */
export async function* rowDocuments(
  rows: AsyncIterable<Row | BadRow>,
  file: Pick<OpenFile, 'name' | 'note' | 'reading'>,
  asked: AskedColumns,
  seenColumns: { columns?: Columns; empty?: number },
  bad: BadRows,
): AsyncGenerator<RowDocument> {
  let columns: Columns | undefined;
  let [count, taken, empty, halved] = [0, 0, 0, 0];
  const seen = new Set<string>();
  const letters = new Map<string, number>();
  for await (const [{ cells, line, row }, head] of withHead(bad.goodOf(rows))) {
    count++;
    columns ??= seenColumns.columns = choose(file.name, asked, head);
    if (seen.size < MAX_COLUMNS) for (const name of cells.keys()) seen.add(name);
    if (asked === 'recognised')
      for (const [name, { length }] of cells)
        if (letters.has(name) || letters.size < MAX_COLUMNS) letters.set(name, (letters.get(name) ?? 0) + length);
    const found = rowOf(row ?? count, cells, columns);
    if (!found) {
      empty++;
      continue;
    }
    if (!found.text.isWellFormed()) {
      halved++;
      bad.add({ place: `line ${formatCount(line)}`, problem: HALF_CHARACTER });
      continue;
    }
    taken++;
    yield found;
  }
  bad.settle(file, count - halved);
  if (!columns) throw noRows(file.name);
  for (const name of namesIn(columns)) if (!seen.has(name)) throw noColumn(file.name, name, [...seen]);
  const used = usedColumns(columns).join(' and ');
  const what = 'text' in columns ? `in ${used}` : `in both ${used}`;
  if (taken === 0)
    throw badFile(`${file.name} has no row with text ${what} (${counted(count, 'row')}).`, 'Choose other columns.');
  if (asked === 'recognised') noteLeft(file, columns, letters);
  seenColumns.empty = empty;
  const without = 'text' in columns ? 'without text' : 'without text in both columns';
  if (seenColumns.empty > 0) file.note(`Skipped ${counted(seenColumns.empty, 'row')} ${without}`);
}
const MAX_COLUMNS = 1000;

/** Notes the training columns if nobody chose them and others hold more text. */
function noteLeft({ note }: Pick<OpenFile, 'note'>, columns: Columns, letters: ReadonlyMap<string, number>): void {
  const taken = new Set(namesIn(columns));
  const sum = (isTaken: boolean): number =>
    [...letters].reduce((all, [name, count]) => all + (taken.has(name) === isTaken ? count : 0), 0);
  const [own, others] = [sum(true), sum(false)];
  if (others <= own) return;
  const used = usedColumns(columns).join(' and ');
  const largest = [...letters].filter(([name]) => !taken.has(name)).sort(([, a], [, b]) => b - a);
  const names = largest.slice(0, MAX_NAMED).map(([name]) => name);
  note(
    `Uses ${formatShare(own / (own + others))} of its text, from ${used}; not used: ${names.join(', ')}${largest.length > MAX_NAMED ? ' and others' : ''}`,
  );
}

function choose(name: string, asked: AskedColumns, head: readonly Row['cells'][]): Columns {
  const table = headOf(head);
  if (table.columns.length === 0 && (asked === null || asked === 'recognised')) throw noColumns(name);
  if (asked === 'recognised') return recognisedColumns(table);
  if (asked === null || 'input' in asked) checkPairs(name, [...head[0]!.keys()]);
  return asked ?? usualColumns([...head[0]!.keys()]);
}

/** Yields each row with the rows that identify the table; buffers the first ones until there are enough. */
async function* withHead(rows: AsyncIterable<Row>): AsyncGenerator<readonly [Row, readonly Row['cells'][]]> {
  const held: Row[] = [];
  let head: readonly Row['cells'][] | undefined;
  for await (const row of rows) {
    if (head) {
      yield [row, head];
      continue;
    }
    held.push(row);
    if (held.length < HEAD_ROWS) continue;
    head = held.map(({ cells }) => cells);
    for (const each of held) yield [each, head];
  }
  if (!head) for (const each of held) yield [each, held.map(({ cells }) => cells)];
}

/** Converts a row; null if a training column has no text. */
function rowOf(place: number, cells: Row['cells'], columns: Columns): RowDocument | null {
  const cell = (name: string | undefined): string => (name === undefined ? '' : (cells.get(name) ?? ''));
  const usedCells =
    'text' in columns ? [textInRow(cells, usedColumns(columns))] : [cell(columns.input), cell(columns.target)];
  if (!usedCells.every(hasText)) return null;
  const title = cell(columns.title).trim() || `Row ${formatCount(place)}`;
  const known = (['label', 'date', 'language'] as const).flatMap((role) => {
    const label = cell(columns[role]).trim();
    const value = role === 'language' ? languageCode(label) : label.toWellFormed();
    return value ? [[role, value] as const] : [];
  });
  const fields = known.length > 0 && { fields: Object.fromEntries(known) };
  const [text, target] = usedCells as [string, string?];
  return target === undefined
    ? { title: title.toWellFormed(), row: place, text, ...fields }
    : { ...pairOf(title.toWellFormed(), text, target), row: place, ...fields };
}

function pairOf(title: string, input: string, target: string): Pair {
  const [inputs, targets] = [input, target].map((text) => encoder.encode(text).length) as [number, number];
  return {
    title,
    text: `${input}\n${target}`,
    spans: { input: [0, inputs], target: [inputs + 1, inputs + 1 + targets] },
  };
}
const encoder = new TextEncoder();

const noColumns = (name: string): Error =>
  badFile(
    `${name} has no text columns: its first rows are empty, or have no named values.`,
    'A table needs named columns and one row per document.',
  );
const noColumn = (name: string, column: string, all: readonly string[]): Error =>
  all.length === 0
    ? noColumns(name)
    : badFile(
        `${name} has no column called ${JSON.stringify(column)}. It has ${all.slice(0, MAX_NAMED).join(', ')}${all.length > MAX_NAMED ? ' and others' : ''}.`,
        'Choose one of these.',
      );
const MAX_NAMED = 12;

const HALF_CHARACTER = "has half of a surrogate pair, which UTF-8 can't hold";
