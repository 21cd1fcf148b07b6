/**
 * An Excel workbook as one table. The first row of each sheet names its columns, and columns with the same name are
 * merged. Sheets with the same columns as the largest sheet come first.
 */
import { badFile } from '../../../base/errors';
import { MAX_COMPRESSION_RATIO } from '../../../base/limits';
import { counted, formatBytes, formatCount } from '../../../base/units';
import { columnNames } from '../../columnNames';
import { HEAD_ROWS } from '../../columns';
import { type SheetCounts, type SheetRow, sheetRows } from './cells';
import { openWorkbook, type Workbook } from './workbook';
import type { OpenFile, Row, TableFormat } from '../format';

export const rows: TableFormat['rows'] = async function* (file) {
  const workbook = await openWorkbook(file);
  const sheetTables: SheetTable[] = [];
  for (const sheet of workbook.sheets) sheetTables.push(await SheetTable.open(file.name, workbook, sheet));
  const tables = largestKindFirst(sheetTables.filter(({ names }) => names.size > 0));
  noteSheets(file, workbook, tables);
  const isOnlySheet = tables.length === 1;
  const maxCharacters = Math.max(ALLOWED_CHARACTERS, MAX_COMPRESSION_RATIO * workbook.parts.packedBytes);
  let [characters, emptyCells] = [0, 0];
  for (const table of tables) {
    let isFirst = true;
    for await (const row of table.rows()) {
      for (const text of row.cells.values()) characters += text.length;
      if (characters > maxCharacters)
        throw badFile(
          `${file.name} expands from ${formatBytes(workbook.parts.packedBytes)} to more than ${formatCount(maxCharacters)} characters, which text never does.`,
          'Save the sheet as CSV, and add that file.',
        );
      emptyCells += Math.max(0, table.names.size - row.cells.size);
      // Bounds empty cells, because a row of a few bytes in a wide sheet may have 16,384 of them.
      yield {
        line: row.number,
        row: row.number,
        cells: cellsOf(
          row,
          table,
          isOnlySheet,
          isFirst || emptyCells <= Math.max(ALLOWED_CHARACTERS, MAX_EMPTY_PER_BYTE * workbook.parts.packedBytes),
        ),
      };
      isFirst = false;
    }
    noteCells(file, table, isOnlySheet);
  }
};
/** Maximum number of empty cells per byte of the file. */
const MAX_EMPTY_PER_BYTE = 20;
/** Number of characters to which any file may grow. */
const ALLOWED_CHARACTERS = 1e6;

/** A sheet with a header row. */
class SheetTable {
  /** Names of its columns, independent of their order. */
  readonly columnKey: string;
  private readonly counts: SheetCounts = { missingValues: 0, errors: 0, merged: [] };

  private constructor(
    readonly name: string,
    private readonly open: (counts: SheetCounts) => AsyncGenerator<SheetRow>,
    /** Bytes of its XML. */
    readonly size: number,
    /** Column names by index; none for an empty sheet. */
    readonly names: ReadonlyMap<number, string>,
    /** Row with the names, and the number of non-empty rows above it. */
    private readonly headerRow: number,
    readonly titleRows: number,
  ) {
    this.columnKey = JSON.stringify([...names.values()].sort());
  }

  static async open(fileName: string, { parts, context }: Workbook, { name, path }: Workbook['sheets'][number]) {
    const open = (counts: SheetCounts) =>
      sheetRows(parts.stream(path), context, counts, `${fileName}, sheet ${JSON.stringify(name)},`);
    const head: SheetRow[] = [];
    for await (const row of open({ missingValues: 0, errors: 0, merged: [] })) if (head.push(row) > HEAD_ROWS) break;
    const titleRows = countTitleRows(head);
    const [header, ...rowsBelow] = head.slice(titleRows);
    const columns = [...new Set(head.slice(titleRows).flatMap(({ cells }) => [...cells.keys()]))].sort((a, b) => a - b);
    const names = columnNames(columns.map((column) => [column, header?.cells.get(column) ?? ''] as const));
    // A header without rows below it is an empty sheet.
    const isEmpty = rowsBelow.length === 0;
    return new SheetTable(name, open, parts.size(path), isEmpty ? new Map() : names, header?.number ?? 0, titleRows);
  }

  /** Rows below the header. */
  async *rows(): AsyncGenerator<SheetRow> {
    let isBelow = false;
    for await (const row of this.open(this.counts)) {
      if (isBelow) yield row;
      isBelow ||= row.number === this.headerRow;
    }
  }

  /** Counts, complete once all rows are read. */
  get finalCounts(): { missingValues: number; errors: number; merged: number } {
    return { ...this.counts, merged: this.counts.merged.filter(({ lastRow }) => lastRow > this.headerRow).length };
  }
}

/** Number of title rows: rows at the top with only a first cell, above rows with several cells. */
function countTitleRows(head: readonly SheetRow[]): number {
  const widths = head.map(({ cells }) => cells.size).sort((a, b) => a - b);
  if ((widths[widths.length >> 1] ?? 0) < 2) return 0;
  return head.findIndex(({ cells }) => cells.size > 1 || !cells.has(0));
}

/** Puts sheets like the largest first, because columns are detected from the first rows. */
function largestKindFirst(tables: readonly SheetTable[]): readonly SheetTable[] {
  const [largest] = tables.toSorted((a, b) => b.size - a.size);
  return [
    ...tables.filter((table) => hasSameColumns(table, largest!)),
    ...tables.filter((table) => !hasSameColumns(table, largest!)),
  ];
}
const hasSameColumns = (a: SheetTable, b: SheetTable): boolean => a.columnKey === b.columnKey;

/**
 * Returns named columns in order, then unnamed ones with text, and the sheet's name if there are several sheets.
 * @param shouldIncludeEmpty includes named columns without text
 */
function cellsOf(
  { cells }: SheetRow,
  { names, name: sheet }: SheetTable,
  isOnlySheet: boolean,
  shouldIncludeEmpty: boolean,
): Row['cells'] {
  const row = new Map<string, string>();
  if (shouldIncludeEmpty) for (const [column, name] of names) row.set(name, cells.get(column) ?? '');
  else
    for (const column of [...cells.keys()].sort((a, b) => a - b))
      if (names.has(column)) row.set(names.get(column)!, cells.get(column)!);
  for (const [column, text] of cells) if (!names.has(column)) row.set(`Column ${column + 1}`, text);
  if (!isOnlySheet && !row.has(SHEET_COLUMN)) row.set(SHEET_COLUMN, sheet);
  return row;
}
const SHEET_COLUMN = 'Sheet';

function noteSheets({ note }: OpenFile, { hidden, copies }: Workbook, tables: readonly SheetTable[]): void {
  if (hidden.length > 0) note(`Skipped ${counted(hidden.length, 'hidden sheet')}: ${listNames(hidden)}`);
  if (copies.length > 0) note(`Skipped ${counted(copies.length, 'duplicate sheet')}: ${listNames(copies)}`);
  const differing = tables.filter((table) => !hasSameColumns(table, tables[0]!)).map(({ name }) => name);
  if (differing.length > 0)
    note(
      `The columns of ${listNames(differing)} differ from those of ${JSON.stringify(tables[0]!.name)}: only matching columns are used`,
    );
}

function noteCells({ note }: OpenFile, { name, titleRows, finalCounts }: SheetTable, isOnlySheet: boolean): void {
  const location = isOnlySheet ? '' : ` in ${JSON.stringify(name)}`;
  if (titleRows > 0) note(`Skipped ${counted(titleRows, 'row')} above the header${location}`);
  if (finalCounts.merged > 0)
    note(`${counted(finalCounts.merged, 'merged cell')}${location}: the text is in the first cell only`);
  if (finalCounts.errors > 0) note(`${counted(finalCounts.errors, 'cell')} with an error read as empty${location}`);
  if (finalCounts.missingValues > 0)
    note(
      `${counted(finalCounts.missingValues, 'formula')} without a stored value read as empty${location}: to store values, open and save the file in a spreadsheet app`,
    );
}

const listNames = (names: readonly string[]): string => {
  const shown = names.slice(0, MAX_LISTED).map((name) => JSON.stringify(name));
  if (names.length > MAX_LISTED) shown.push(`${formatCount(names.length - MAX_LISTED)} more`);
  return new Intl.ListFormat('en-GB').format(shown);
};
const MAX_LISTED = 12;
