/** Reads delimited rows under a header line. Keeps one piece of the file in memory at a time. */
import type papa from 'papaparse';
import type { BadRow } from '../base/badRow';
import { badFile } from '../base/errors';
import { counted, formatCount } from '../base/units';
import { columnNames } from './columnNames';
import { decodeParsed } from './decode';
import { MAX_ROW_LENGTH, type OpenFile, type Row } from './formats/format';

interface Delimiting {
  /** Candidates; the one that gives the header the most columns is used, the first of equals. */
  delimiters: readonly string[];
  /** Whether a field in quotes may hold delimiters and line ends; a quote in it is doubled. */
  isQuoted: boolean;
}

/** CSV as programs write it. */
export const COMMAS: Delimiting = { delimiters: [','], isQuoted: true };

/** @throws HomegrownError `bad-file` naming the line */
export async function* delimitedRows(file: OpenFile, how: Delimiting): AsyncGenerator<Row | BadRow> {
  const { default: papa } = await import('papaparse');
  let cut: Cut | undefined;
  /** Text after the last complete row. */
  let held = '';
  let header: readonly string[] | undefined;
  for await (const [piece, isLast] of withLast(decodeParsed(file))) {
    held += piece;
    cut ??= cutter(papa, file.name, held, how); // the first piece contains the whole header line
    const { rows, rest } = cut(held, isLast);
    held = rest;
    for (const { cells, ...at } of rows) {
      if (header) yield rowOf(at, header, cells);
      else header = [...columnNames(cells.entries()).values()];
    }
    if (held.length > MAX_ROW_LENGTH) throw tooLong(file.name, held);
  }
}

interface Cells {
  line: number;
  /** Row number from 1, as in a spreadsheet: counts the header and empty rows. */
  row: number;
  cells: readonly string[];
}
/** Cuts complete rows off the front; the last row of the last piece needs no line end. */
type Cut = (text: string, isLast: boolean) => { rows: readonly Cells[]; rest: string };

function cutter({ parse, Parser }: typeof papa, name: string, head: string, { delimiters, isQuoted }: Delimiting): Cut {
  // Files of old Macs end lines in CR alone; `withoutCr` removes a CR before an LF.
  const newline = head.includes('\n') || !head.includes('\r') ? '\n' : '\r';
  const names = head.replace(/^[\r\n]+/, '');
  const columns = delimiters.map((each) => parse(names, { delimiter: each, newline, preview: 1 }).data[0]?.length ?? 0);
  const delimiter = delimiters[columns.indexOf(Math.max(...columns))]!;
  let [line, row] = [1, 1];
  return (text, isLast) => {
    const rows: Cells[] = [];
    let at = 0;
    const parser = new Parser({
      delimiter,
      newline,
      ...(!isQuoted && { fastMode: true }),
      step({ data, errors, meta }) {
        const raw = text.slice(at, meta.cursor);
        const [error] = errors;
        if (error)
          throw error.code === 'MissingQuotes'
            ? notClosed(name, line + count(text.slice(at, error.index), newline))
            : notDoubled(name, line);
        const cells = withoutCr(data[0]!, raw, newline, delimiter);
        if (cells.length > 1 || cells[0]!.trim() !== '') rows.push({ line, row, cells });
        line += count(raw, newline);
        row++;
        at = meta.cursor;
      },
    });
    parser.parse(text, 0, !isLast);
    return { rows, rest: text.slice(at) };
  };
}

/** Removes the CR of a CRLF line end from an unquoted last cell. */
function withoutCr(cells: readonly string[], raw: string, newline: string, delimiter: string): readonly string[] {
  const last = cells.at(-1)!;
  const row = raw.endsWith(newline) ? raw.slice(0, -1) : raw;
  if (newline !== '\n' || !last.endsWith('\r') || !row.endsWith(last)) return cells;
  const isAlone = row.length === last.length || row[row.length - last.length - 1] === delimiter;
  return isAlone && !last.startsWith('"') ? cells.with(-1, last.slice(0, -1)) : cells;
}

/** Refuses a row whose cell count differs from the header's, as an unquoted delimiter causes. */
function rowOf({ line, row }: Omit<Cells, 'cells'>, header: readonly string[], cells: readonly string[]): Row | BadRow {
  if (cells.length === header.length)
    return { line, row, cells: new Map(header.map((column, i) => [column, cells[i]!])) };
  return {
    place: `line ${formatCount(line)}`,
    problem: `has ${counted(cells.length, 'cell')}, but the header has ${counted(header.length, 'column')}`,
  };
}

const count = (text: string, newline: string): number => text.split(newline).length - 1;

/** Yields each piece, and whether it is the last. */
async function* withLast(pieces: AsyncIterable<string>): AsyncGenerator<readonly [string, boolean]> {
  let before: string | undefined;
  for await (const piece of pieces) {
    if (before !== undefined) yield [before, false];
    before = piece;
  }
  if (before !== undefined) yield [before, true];
}

const AGAIN = 'In a quoted field, double each quote ("") and close the field. Then add the file again.';
const notClosed = (name: string, line: number): Error =>
  badFile(`${name} opens a quote in line ${formatCount(line)} that is never closed.`, AGAIN);
const notDoubled = (name: string, line: number): Error =>
  badFile(`${name} has an unescaped quote inside a quoted field, in the row at line ${formatCount(line)}.`, AGAIN);
const tooLong = (name: string, held: string): Error =>
  badFile(
    `${name} has a row of more than ${formatCount(MAX_ROW_LENGTH)} characters, starting with ${JSON.stringify(held.slice(0, 40))}.`,
    AGAIN,
  );
