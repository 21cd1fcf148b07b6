/** Tables of texts with labels, as they are typed: `FILE.csv`, `FILE.csv:text=SUBJECT+BODY,label=COLUMN`. */
import { badFile } from '../src/core/base/errors';
import { formatCount } from '../src/core/base/units';
import {
  COLUMN_ROLES,
  type Columns,
  type Reading,
  type TableHead,
  tableFormatOf,
  textInRow,
} from '../src/core/documents';
import { BadRows } from '../src/core/documents/badRows';
import {
  HEAD_ROWS,
  headOf,
  isCalled,
  learntIn,
  namesIn,
  noRows,
  recognisedColumns,
} from '../src/core/documents/columns';
import { inItsEncoding } from '../src/core/documents/encodings';
import type { Row } from '../src/core/documents/read/format';
import { withFlag } from './encoding';
import { UsageError } from './options';
import type { Given } from './pairs';
import { readers } from './readers';
import { textFile } from './sources';
import { stderr } from './terminal';

const ROLES = COLUMN_ROLES.filter((role) => role !== 'input' && role !== 'target').join('|');
/** One that is learnt as it is. */
export type TextColumns = Extract<Columns, { text: string }>;

/** Null: they are recognised by their names. @throws UsageError; HomegrownError `bad-file` */
export async function tableFile(meant: string, needsLabel = true): Promise<Given & { columns: TextColumns | null }> {
  const [, path, words] = new RegExp(`^(.+?)(?::((?:${ROLES})=.*))?$`, 's').exec(meant) ?? [];
  const columns = words === undefined ? null : columnsIn(meant, words, needsLabel);
  const source = await textFile(path!);
  const table = { format: tableFormatOf(path!), columns: columns ?? ('recognised' as const) };
  return { path: path!, columns, source: { ...source, table } };
}

function columnsIn(meant: string, words: string, needsLabel: boolean): TextColumns {
  const named = Object.fromEntries(
    words.split(new RegExp(`,(?=(?:${ROLES})=)`)).map((each) => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)] as const;
    }),
  );
  const { text: all = '', ...about } = named;
  const [text, ...besides] = all.split('+');
  if (!text || besides.includes('') || Object.values(about).includes('') || (needsLabel && !about['label']))
    throw new UsageError(
      `A table must be FILE.csv, FILE.csv:text=COLUMN,label=COLUMN or text=SUBJECT+BODY to join columns, not '${meant}'.`,
    );
  return { text, ...(besides.length > 0 && { besides }), ...about };
}

/** What is read of a row, and all of it. */
export interface NamedRow {
  /** `Row 12`, as a spreadsheet numbers it, or its title. */
  name: string;
  text: string;
  cells: ReadonlyMap<string, string>;
}

/** All rows of a table, also those without text. @throws HomegrownError `bad-file` where it is not known which column is the text */
export async function rowsIn(
  meant: string,
  signal: AbortSignal,
  reading: Pick<Reading, 'encoding' | 'skipBadRows'> = {},
): Promise<readonly NamedRow[]> {
  const { source, columns: asked } = await tableFile(meant, false);
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
    throw withFlag(error);
  });
  if (rows.length === 0) throw noRows(name);
  const columns = asked ?? textColumns(name, headOf(rows.slice(0, HEAD_ROWS).map(({ cells }) => cells)));
  const there = new Set(rows.flatMap(({ cells }) => [...cells.keys()]));
  const missing = namesIn(columns).find((column) => !there.has(column));
  if (missing !== undefined)
    throw badFile(`${name} has no column ${JSON.stringify(missing)}.`, `Columns: ${[...there].join(', ')}.`);
  const { title = '' } = columns;
  return rows.map(({ cells, row }, place) => ({
    name: cells.get(title)?.trim() || `Row ${formatCount(row ?? place + 1)}`,
    text: textInRow(cells, learntIn(columns)),
    cells,
  }));
}

/** By their names alone: which one is classified is not guessed. */
function textColumns(name: string, head: TableHead): TextColumns {
  const known = recognisedColumns(head);
  const [only, ...others] = head.columns;
  if ('text' in known && (isCalled('text', known.text) || others.length === 0)) return known;
  throw badFile(
    `${name} has no column with a usual name, such as text, body or message. Columns: ${[only, ...others].join(', ')}.`,
    `Name it: --table ${name}:text=COLUMN, or text=ONE+ANOTHER to join columns.`,
  );
}
