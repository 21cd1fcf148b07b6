/** Tables of texts, and all rows of one. */
import { badFile } from '../../src/core/base/errors';
import { formatCount } from '../../src/core/base/units';
import { type Columns, type Reading, type TableHead, tableFormatOf, textInRow } from '../../src/core/documents';
import { BadRows } from '../../src/core/documents/badRows';
import {
  HEAD_ROWS,
  headOf,
  isCalled,
  usedColumns,
  namesIn,
  noRows,
  recognisedColumns,
  type TextColumns,
} from '../../src/core/documents/columns';
import { inItsEncoding } from '../../src/core/documents/encodings';
import type { Row } from '../../src/core/documents/formats/format';
import { withEncodingRemedy } from './encodingRemedy';
import { readers } from './readers';
import { type OpenedFile, textFile } from '../sources';
import { stderr } from '../output';

/** A table, and its columns to read; null: recognized by their names. */
export interface AskedTable<C = TextColumns> {
  path: string;
  columns: C | null;
}
export type AskedPairs = AskedTable<Extract<Columns, { input: string }>>;

/** @param columns a literal: recognized by their names, as texts; null: as pairs @throws HomegrownError `bad-file` */
export async function openTable(path: string, columns: Columns | 'recognised' | null): Promise<OpenedFile> {
  const source = await textFile(path);
  return { path, source: { ...source, table: { format: tableFormatOf(path), columns } } };
}

/** The text of a row, and all of its cells. */
export interface NamedRow {
  /** `Row 12`, as a spreadsheet numbers it, or its title. */
  name: string;
  text: string;
  cells: ReadonlyMap<string, string>;
}

/** All rows of a table, also those without text. @throws HomegrownError `bad-file` if the column of the text isn't known */
export async function rowsIn(
  { path, columns: requestedColumns }: AskedTable,
  signal: AbortSignal,
  reading: Pick<Reading, 'encoding' | 'skipBadRows'> = {},
): Promise<readonly NamedRow[]> {
  const { source } = await openTable(path, requestedColumns ?? 'recognised');
  const { name, table, stream, places } = source;
  const note = (words: string): void => stderr.write(`${name}: ${words}.\n`);
  const rows = await inItsEncoding(reading.encoding, async (encoding) => {
    const rows: Row[] = [];
    const file = { name, bytes: stream(), note, reading, ...(places && { places }), ...(encoding && { encoding }) };
    const bad = new BadRows();
    for await (const row of bad.goodOf(readers('rows', table!.format, file, signal))) {
      signal.throwIfAborted();
      rows.push(row);
    }
    bad.settle(file, rows.length);
    return rows;
  }).catch((error: unknown) => {
    throw withEncodingRemedy(error);
  });
  if (rows.length === 0) throw noRows(name);
  const columns = requestedColumns ?? textColumns(name, headOf(rows.slice(0, HEAD_ROWS).map(({ cells }) => cells)));
  const columnNames = new Set(rows.flatMap(({ cells }) => [...cells.keys()]));
  const missing = namesIn(columns).find((column) => !columnNames.has(column));
  if (missing !== undefined)
    throw badFile(`${name} has no column ${JSON.stringify(missing)}.`, `Columns: ${[...columnNames].join(', ')}.`);
  const { title = '' } = columns;
  return rows.map(({ cells, row }, place) => ({
    name: cells.get(title)?.trim() || `Row ${formatCount(row ?? place + 1)}`,
    text: textInRow(cells, usedColumns(columns)),
    cells,
  }));
}

/** Recognizes the column of the text by its name; never guesses. */
function textColumns(name: string, head: TableHead): TextColumns {
  const recognized = recognisedColumns(head);
  const [only, ...others] = head.columns;
  if ('text' in recognized && (isCalled('text', recognized.text) || others.length === 0)) return recognized;
  throw badFile(
    `${name} has no column with a usual name, such as text, body or message. Columns: ${[only, ...others].join(', ')}.`,
    `Name it: --table ${name}:text=COLUMN, or text=ONE+ANOTHER to join columns.`,
  );
}
