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
 * @param badRows collects malformed rows, also those that the caller adds
 * @throws HomegrownError `bad-rows`; `bad-file` if a column is missing, or no row has text
 */
export async function* rowDocuments(
  rows: AsyncIterable<Row | BadRow>,
  file: Pick<OpenFile, 'name' | 'note' | 'reading'>,
  requested: AskedColumns,
  seenColumns: { columns?: Columns; empty?: number },
  badRows: BadRows,
): AsyncGenerator<RowDocument> {
  let columns: Columns | undefined;
  let [rowCount, documentCount, emptyCount, malformedCount] = [0, 0, 0, 0];
  const columnNames = new Set<string>();
  const letters = new Map<string, number>();
  for await (const [{ cells, line, row }, firstRows] of withHead(badRows.goodOf(rows))) {
    rowCount++;
    columns ??= seenColumns.columns = chooseColumns(file.name, requested, firstRows);
    if (columnNames.size < MAX_COLUMNS) for (const name of cells.keys()) columnNames.add(name);
    if (requested === 'recognised')
      for (const [name, { length }] of cells)
        if (letters.has(name) || letters.size < MAX_COLUMNS) letters.set(name, (letters.get(name) ?? 0) + length);
    const document = toDocument(row ?? rowCount, cells, columns);
    if (!document) {
      emptyCount++;
      continue;
    }
    if (!document.text.isWellFormed()) {
      malformedCount++;
      badRows.add({ place: `line ${formatCount(line)}`, problem: LONE_SURROGATE });
      continue;
    }
    documentCount++;
    yield document;
  }
  badRows.settle(file, rowCount - malformedCount);
  if (!columns) throw noRows(file.name);
  for (const name of namesIn(columns)) if (!columnNames.has(name)) throw noColumn(file.name, name, [...columnNames]);
  const used = usedColumns(columns).join(' and ');
  const place = 'text' in columns ? `in ${used}` : `in both ${used}`;
  if (documentCount === 0)
    throw badFile(`${file.name} has no row with text ${place} (${counted(rowCount, 'row')}).`, 'Choose other columns.');
  if (requested === 'recognised') noteUnusedColumns(file, columns, letters);
  seenColumns.empty = emptyCount;
  const missing = 'text' in columns ? 'without text' : 'without text in both columns';
  if (seenColumns.empty > 0) file.note(`Skipped ${counted(seenColumns.empty, 'row')} ${missing}`);
}
const MAX_COLUMNS = 1000;

/** Notes the training columns if nobody chose them and others hold more text. */
function noteUnusedColumns(
  { note }: Pick<OpenFile, 'note'>,
  columns: Columns,
  letters: ReadonlyMap<string, number>,
): void {
  const usedNames = new Set(namesIn(columns));
  const lettersIn = (isUsed: boolean): number =>
    [...letters].reduce((all, [name, count]) => all + (usedNames.has(name) === isUsed ? count : 0), 0);
  const [usedLetters, unusedLetters] = [lettersIn(true), lettersIn(false)];
  if (unusedLetters <= usedLetters) return;
  const used = usedColumns(columns).join(' and ');
  const unusedColumns = [...letters].filter(([name]) => !usedNames.has(name)).sort(([, a], [, b]) => b - a);
  const names = unusedColumns.slice(0, MAX_NAMED).map(([name]) => name);
  note(
    `Uses ${formatShare(usedLetters / (usedLetters + unusedLetters))} of its text, from ${used}; not used: ${names.join(', ')}${unusedColumns.length > MAX_NAMED ? ' and others' : ''}`,
  );
}

function chooseColumns(name: string, requested: AskedColumns, firstRows: readonly Row['cells'][]): Columns {
  const table = headOf(firstRows);
  if (table.columns.length === 0 && (requested === null || requested === 'recognised')) throw noColumns(name);
  if (requested === 'recognised') return recognisedColumns(table);
  if (requested === null || 'input' in requested) checkPairs(name, [...firstRows[0]!.keys()]);
  return requested ?? usualColumns([...firstRows[0]!.keys()]);
}

/** Yields each row with the rows that identify the table; buffers the first ones until there are enough. */
async function* withHead(rows: AsyncIterable<Row>): AsyncGenerator<readonly [Row, readonly Row['cells'][]]> {
  const buffered: Row[] = [];
  let firstRows: readonly Row['cells'][] | undefined;
  for await (const row of rows) {
    if (firstRows) {
      yield [row, firstRows];
      continue;
    }
    buffered.push(row);
    if (buffered.length < HEAD_ROWS) continue;
    firstRows = buffered.map(({ cells }) => cells);
    for (const row of buffered) yield [row, firstRows];
  }
  if (!firstRows) for (const row of buffered) yield [row, buffered.map(({ cells }) => cells)];
}

/** Converts a row; null if a training column has no text. */
function toDocument(rowNumber: number, cells: Row['cells'], columns: Columns): RowDocument | null {
  const cell = (name: string | undefined): string => (name === undefined ? '' : (cells.get(name) ?? ''));
  const usedCells =
    'text' in columns ? [textInRow(cells, usedColumns(columns))] : [cell(columns.input), cell(columns.target)];
  if (!usedCells.every(hasText)) return null;
  const title = cell(columns.title).trim() || `Row ${formatCount(rowNumber)}`;
  const factEntries = (['label', 'date', 'language'] as const).flatMap((role) => {
    const cellText = cell(columns[role]).trim();
    const value = role === 'language' ? languageCode(cellText) : cellText.toWellFormed();
    return value ? [[role, value] as const] : [];
  });
  const fields = factEntries.length > 0 && { fields: Object.fromEntries(factEntries) };
  const [text, target] = usedCells as [string, string?];
  return target === undefined
    ? { title: title.toWellFormed(), row: rowNumber, text, ...fields }
    : { ...toPair(title.toWellFormed(), text, target), row: rowNumber, ...fields };
}

function toPair(title: string, input: string, target: string): Pair {
  const [inputBytes, targetBytes] = [input, target].map((text) => encoder.encode(text).length) as [number, number];
  return {
    title,
    text: `${input}\n${target}`,
    spans: { input: [0, inputBytes], target: [inputBytes + 1, inputBytes + 1 + targetBytes] },
  };
}
const encoder = new TextEncoder();

const noColumns = (name: string): Error =>
  badFile(
    `${name} has no text columns: its first rows are empty, or have no named values.`,
    'A table needs named columns and one row per document.',
  );
const noColumn = (name: string, column: string, columns: readonly string[]): Error =>
  columns.length === 0
    ? noColumns(name)
    : badFile(
        `${name} has no column called ${JSON.stringify(column)}. It has ${columns.slice(0, MAX_NAMED).join(', ')}${columns.length > MAX_NAMED ? ' and others' : ''}.`,
        'Choose one of these.',
      );
const MAX_NAMED = 12;

const LONE_SURROGATE = "has half of a surrogate pair, which UTF-8 can't hold";
