/**
 * An Excel workbook as one table. The first row of each sheet names its columns, and columns with the same name are
 * merged. Sheets with the same columns as the largest sheet come first.
 */
import { badFile } from '../../../base/errors';
import { MAX_COMPRESSION_RATIO } from '../../../base/limits';
import { counted, formatBytes, formatCount } from '../../../base/units';
import { columnNames } from '../../columnNames';
import { HEAD_ROWS } from '../../columns';
import { type Counted, type SheetRow, sheetRows } from './cells';
import { openWorkbook, type Workbook } from './workbook';
import type { OpenFile, Row, TableFormat } from '../format';

export const rows: TableFormat['rows'] = async function* (file) {
  const book = await openWorkbook(file);
  const all: SheetTable[] = [];
  for (const sheet of book.sheets) all.push(await SheetTable.open(file.name, book, sheet));
  const tables = inOrder(all.filter(({ names }) => names.size > 0));
  tellSheets(file, book, tables);
  const isOne = tables.length === 1;
  const max = Math.max(FEW_LETTERS, MAX_COMPRESSION_RATIO * book.parts.packed);
  let [letters, empty] = [0, 0];
  for (const table of tables) {
    let isFirst = true;
    for await (const row of table.rows()) {
      for (const text of row.cells.values()) letters += text.length;
      if (letters > max)
        throw badFile(
          `${file.name} expands from ${formatBytes(book.parts.packed)} to more than ${formatCount(max)} characters, which text never does.`,
          'Save the sheet as CSV, and add that file.',
        );
      empty += Math.max(0, table.names.size - row.cells.size);
      // Bounds empty cells, because a row of a few bytes in a wide sheet may have 16,384 of them.
      yield {
        line: row.number,
        row: row.number,
        cells: cellsOf(row, table, isOne, isFirst || empty <= Math.max(FEW_LETTERS, EMPTY_GROWTH * book.parts.packed)),
      };
      isFirst = false;
    }
    tellCells(file, table, isOne);
  }
};
/** Maximum number of empty cells per byte of the file. */
const EMPTY_GROWTH = 20;
/** Number of characters to which any file may grow. */
const FEW_LETTERS = 1e6;

/** A sheet with a header row. */
class SheetTable {
  /** Names of its columns, independent of their order. */
  readonly kind: string;
  private readonly counts: Counted = { unreckoned: 0, errors: 0, merged: [] };

  private constructor(
    readonly name: string,
    private readonly open: (counts: Counted) => AsyncGenerator<SheetRow>,
    /** Bytes of its XML. */
    readonly size: number,
    /** Column names by index; none for an empty sheet. */
    readonly names: ReadonlyMap<number, string>,
    /** Row with the names, and the number of non-empty rows above it. */
    private readonly namesIn: number,
    readonly above: number,
  ) {
    this.kind = JSON.stringify([...names.values()].sort());
  }

  static async open(file: string, { parts, forms }: Workbook, { name, path }: Workbook['sheets'][number]) {
    const open = (counts: Counted) =>
      sheetRows(parts.stream(path), forms, counts, `${file}, sheet ${JSON.stringify(name)},`);
    const head: SheetRow[] = [];
    for await (const row of open({ unreckoned: 0, errors: 0, merged: [] })) if (head.push(row) > HEAD_ROWS) break;
    const above = titlesAbove(head);
    const [first, ...rest] = head.slice(above);
    const places = [...new Set(head.slice(above).flatMap(({ cells }) => [...cells.keys()]))].sort((a, b) => a - b);
    const names = columnNames(places.map((place) => [place, first?.cells.get(place) ?? ''] as const));
    // A header without rows below it is an empty sheet.
    const isEmpty = rest.length === 0;
    return new SheetTable(name, open, parts.size(path), isEmpty ? new Map() : names, first?.number ?? 0, above);
  }

  /** Rows below the header. */
  async *rows(): AsyncGenerator<SheetRow> {
    let isBelow = false;
    for await (const row of this.open(this.counts)) {
      if (isBelow) yield row;
      isBelow ||= row.number === this.namesIn;
    }
  }

  /** Counts, complete once all rows are read. */
  get seen(): { unreckoned: number; errors: number; merged: number } {
    return { ...this.counts, merged: this.counts.merged.filter(({ to }) => to > this.namesIn).length };
  }
}

/** Number of title rows: rows at the top with only a first cell, above rows with several cells. */
function titlesAbove(head: readonly SheetRow[]): number {
  const widths = head.map(({ cells }) => cells.size).sort((a, b) => a - b);
  if ((widths[widths.length >> 1] ?? 0) < 2) return 0;
  return head.findIndex(({ cells }) => cells.size > 1 || !cells.has(0));
}

/** Puts sheets like the largest first, because columns are detected from the first rows. */
function inOrder(tables: readonly SheetTable[]): readonly SheetTable[] {
  const [first] = tables.toSorted((a, b) => b.size - a.size);
  return [...tables.filter((each) => isLike(each, first!)), ...tables.filter((each) => !isLike(each, first!))];
}
const isLike = (a: SheetTable, b: SheetTable): boolean => a.kind === b.kind;

/**
 * Returns named columns in order, then unnamed ones with text, and the sheet's name if there are several sheets.
 * @param isWhole includes named columns without text
 */
function cellsOf(
  { cells }: SheetRow,
  { names, name: sheet }: SheetTable,
  isOne: boolean,
  isWhole: boolean,
): Row['cells'] {
  const row = new Map<string, string>();
  if (isWhole) for (const [column, name] of names) row.set(name, cells.get(column) ?? '');
  else
    for (const column of [...cells.keys()].sort((a, b) => a - b))
      if (names.has(column)) row.set(names.get(column)!, cells.get(column)!);
  for (const [column, text] of cells) if (!names.has(column)) row.set(`Column ${column + 1}`, text);
  if (!isOne && !row.has(SHEET)) row.set(SHEET, sheet);
  return row;
}
const SHEET = 'Sheet';

function tellSheets({ note }: OpenFile, { hidden, copies }: Workbook, tables: readonly SheetTable[]): void {
  if (hidden.length > 0) note(`Skipped ${counted(hidden.length, 'hidden sheet')}: ${named(hidden)}`);
  if (copies.length > 0) note(`Skipped ${counted(copies.length, 'duplicate sheet')}: ${named(copies)}`);
  const others = tables.filter((each) => !isLike(each, tables[0]!)).map(({ name }) => name);
  if (others.length > 0)
    note(
      `The columns of ${named(others)} differ from those of ${JSON.stringify(tables[0]!.name)}: only matching columns are used`,
    );
}

function tellCells({ note }: OpenFile, { name, above, seen }: SheetTable, isOne: boolean): void {
  const where = isOne ? '' : ` in ${JSON.stringify(name)}`;
  if (above > 0) note(`Skipped ${counted(above, 'row')} above the header${where}`);
  if (seen.merged > 0) note(`${counted(seen.merged, 'merged cell')}${where}: the text is in the first cell only`);
  if (seen.errors > 0) note(`${counted(seen.errors, 'cell')} with an error read as empty${where}`);
  if (seen.unreckoned > 0)
    note(
      `${counted(seen.unreckoned, 'formula')} without a stored value read as empty${where}: to store values, open and save the file in a spreadsheet app`,
    );
}

const named = (names: readonly string[]): string => {
  const shown = names.slice(0, MAX_NAMED).map((name) => JSON.stringify(name));
  if (names.length > MAX_NAMED) shown.push(`${formatCount(names.length - MAX_NAMED)} more`);
  return new Intl.ListFormat('en-GB').format(shown);
};
const MAX_NAMED = 12;
