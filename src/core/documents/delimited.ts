/** Reads delimited rows under a header line. Keeps one piece of the file in memory at a time. */
import type papa from 'papaparse';
import type { BadRow } from '../base/badRow';
import { badFile } from '../base/errors';
import { counted, formatCount } from '../base/units';
import { columnNames } from './columnNames';
import { decodeParsed } from './decode';
import { MAX_ROW_LENGTH, type OpenFile, type Row } from './formats/format';

interface DelimitedFormat {
  /** Candidates; the one that gives the header the most columns is used, the first of equals. */
  delimiters: readonly string[];
  /** Whether a field in quotes may hold delimiters and line ends; a quote in it is doubled. */
  isQuoted: boolean;
}

/** CSV as programs write it. */
export const COMMAS: DelimitedFormat = { delimiters: [','], isQuoted: true };

/** @throws HomegrownError `bad-file` naming the line */
export async function* delimitedRows(file: OpenFile, format: DelimitedFormat): AsyncGenerator<Row | BadRow> {
  const { default: papa } = await import('papaparse');
  let cutRows: CutRows | undefined;
  /** Text after the last complete row. */
  let pending = '';
  let header: readonly string[] | undefined;
  for await (const [piece, isLast] of withLast(decodeParsed(file))) {
    pending += piece;
    cutRows ??= rowCutter(papa, file.name, pending, format); // the first piece contains the whole header line
    const { rows, remaining } = cutRows(pending, isLast);
    pending = remaining;
    for (const { cells, ...position } of rows) {
      if (header) yield toRow(position, header, cells);
      else header = [...columnNames(cells.entries()).values()];
    }
    if (pending.length > MAX_ROW_LENGTH) throw tooLong(file.name, pending);
  }
}

interface NumberedCells {
  line: number;
  /** Row number from 1, as in a spreadsheet: counts the header and empty rows. */
  row: number;
  cells: readonly string[];
}
/** Cuts complete rows off the front; the last row of the last piece needs no line end. */
type CutRows = (text: string, isLast: boolean) => { rows: readonly NumberedCells[]; remaining: string };

function rowCutter(
  { parse, Parser }: typeof papa,
  name: string,
  head: string,
  { delimiters, isQuoted }: DelimitedFormat,
): CutRows {
  // Files of old Macs end lines in CR alone; `withoutCr` removes a CR before an LF.
  const newline = head.includes('\n') || !head.includes('\r') ? '\n' : '\r';
  const headerText = head.replace(/^[\r\n]+/, '');
  const columnCounts = delimiters.map(
    (delimiter) => parse(headerText, { delimiter, newline, preview: 1 }).data[0]?.length ?? 0,
  );
  const delimiter = delimiters[columnCounts.indexOf(Math.max(...columnCounts))]!;
  let [line, row] = [1, 1];
  return (text, isLast) => {
    const rows: NumberedCells[] = [];
    let offset = 0;
    const parser = new Parser({
      delimiter,
      newline,
      ...(!isQuoted && { fastMode: true }),
      step({ data, errors, meta }) {
        const raw = text.slice(offset, meta.cursor);
        const [error] = errors;
        if (error)
          throw error.code === 'MissingQuotes'
            ? notClosed(name, line + countLineEnds(text.slice(offset, error.index), newline))
            : notDoubled(name, line);
        const cells = withoutCr(data[0]!, raw, newline, delimiter);
        if (cells.length > 1 || cells[0]!.trim() !== '') rows.push({ line, row, cells });
        line += countLineEnds(raw, newline);
        row++;
        offset = meta.cursor;
      },
    });
    parser.parse(text, 0, !isLast);
    return { rows, remaining: text.slice(offset) };
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
function toRow(
  { line, row }: Omit<NumberedCells, 'cells'>,
  header: readonly string[],
  cells: readonly string[],
): Row | BadRow {
  if (cells.length === header.length)
    return { line, row, cells: new Map(header.map((column, i) => [column, cells[i]!])) };
  return {
    place: `line ${formatCount(line)}`,
    problem: `has ${counted(cells.length, 'cell')}, but the header has ${counted(header.length, 'column')}`,
  };
}

const countLineEnds = (text: string, newline: string): number => text.split(newline).length - 1;

/** Yields each piece, and whether it is the last. */
async function* withLast(pieces: AsyncIterable<string>): AsyncGenerator<readonly [string, boolean]> {
  let previous: string | undefined;
  for await (const piece of pieces) {
    if (previous !== undefined) yield [previous, false];
    previous = piece;
  }
  if (previous !== undefined) yield [previous, true];
}

const QUOTE_REMEDY = 'In a quoted field, double each quote ("") and close the field. Then add the file again.';
const notClosed = (name: string, line: number): Error =>
  badFile(`${name} opens a quote in line ${formatCount(line)} that is never closed.`, QUOTE_REMEDY);
const notDoubled = (name: string, line: number): Error =>
  badFile(
    `${name} has an unescaped quote inside a quoted field, in the row at line ${formatCount(line)}.`,
    QUOTE_REMEDY,
  );
const tooLong = (name: string, row: string): Error =>
  badFile(
    `${name} has a row of more than ${formatCount(MAX_ROW_LENGTH)} characters, starting with ${JSON.stringify(row.slice(0, 40))}.`,
    QUOTE_REMEDY,
  );
