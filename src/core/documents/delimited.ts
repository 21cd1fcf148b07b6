/** Rows of cells between delimiters, under a line of names; in memory one piece of the file at a time. */
import type papa from 'papaparse';
import type { BadRow } from '../base/badRow';
import { badFile } from '../base/errors';
import { counted, formatCount } from '../base/units';
import { columnNames } from './columnNames';
import { decodeParsed } from './decode';
import { MAX_ROW_LENGTH, type OpenFile, type Row } from './formats/format';

interface Delimiting {
  /** The one that the line of names has most of, the first of like ones. */
  delimiters: readonly string[];
  /** Whether a field in quotes may hold delimiters and line ends; a quote in it is doubled. */
  isQuoted: boolean;
}

/** As programs write tables. */
export const COMMAS: Delimiting = { delimiters: [','], isQuoted: true };

/** @throws HomegrownError `bad-file` naming the line */
export async function* delimitedRows(file: OpenFile, how: Delimiting): AsyncGenerator<Row | BadRow> {
  const { default: papa } = await import('papaparse');
  let cut: Cut | undefined;
  /** Of the row that has not ended yet. */
  let held = '';
  let header: readonly string[] | undefined;
  for await (const [piece, isLast] of withLast(decodeParsed(file))) {
    held += piece;
    cut ??= cutter(papa, file.name, held, how); // the first piece is no shorter than a line of names
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
  /** As a spreadsheet numbers rows: from 1, with the names and empty ones. */
  row: number;
  cells: readonly string[];
}
/** Cuts whole rows off the front; of the last piece also what has no line end. */
type Cut = (text: string, isLast: boolean) => { rows: readonly Cells[]; rest: string };

function cutter({ parse, Parser }: typeof papa, name: string, head: string, { delimiters, isQuoted }: Delimiting): Cut {
  // Files of old Macs have no other; a CR before an LF is taken off below.
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

/** Without the CR of the row's end, which is no part of its last cell where that stood without quotes. */
function withoutCr(cells: readonly string[], raw: string, newline: string, delimiter: string): readonly string[] {
  const last = cells.at(-1)!;
  const row = raw.endsWith(newline) ? raw.slice(0, -1) : raw;
  if (newline !== '\n' || !last.endsWith('\r') || !row.endsWith(last)) return cells;
  const isAlone = row.length === last.length || row[row.length - last.length - 1] === delimiter;
  return isAlone && !last.startsWith('"') ? cells.with(-1, last.slice(0, -1)) : cells;
}

/** A row with a delimiter in a cell that isn't quoted has more cells than names. */
function rowOf({ line, row }: Omit<Cells, 'cells'>, header: readonly string[], cells: readonly string[]): Row | BadRow {
  if (cells.length === header.length)
    return { line, row, cells: new Map(header.map((column, i) => [column, cells[i]!])) };
  return {
    place: `line ${formatCount(line)}`,
    problem: `has ${counted(cells.length, 'cell')}, but the header has ${counted(header.length, 'column')}`,
  };
}

const count = (text: string, newline: string): number => text.split(newline).length - 1;

/** Each piece, and whether it is the last; a last one of nothing where there is none. */
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
