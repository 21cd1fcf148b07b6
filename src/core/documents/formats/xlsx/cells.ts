/** Reads the rows of a sheet one at a time from its XML: ECMA-376 part 1, 18.3.1. */
import { badFile } from '../../../base/errors';
import { formatCount } from '../../../base/units';
import { MAX_TABLE_COLUMNS } from '../../limits';
import { localName } from '../../parts';
import { XmlParser } from '../../xmlParser';
import { MAX_ROW_LENGTH } from '../format';
import { type NumberKind, numberText } from './numbers';
import { cellText, PHONETIC_ELEMENT } from './strings';

/** Workbook data that reading cells needs. */
export interface CellContext {
  /** Shared strings by index. */
  strings: readonly string[];
  /** Kinds of numbers, by cell style. */
  numberKinds: readonly NumberKind[];
  is1904: boolean;
}

export interface SheetRow {
  /** Row number in the sheet, from 1. */
  number: number;
  /** Non-empty texts by column, from 0. */
  cells: ReadonlyMap<number, string>;
}

/** Counts of cells without a usable value, and merged cells of a sheet. */
export interface SheetCounts {
  /** Number of formulas without a stored value, and of cells with an error value. */
  missingValues: number;
  errors: number;
  /** Merged cells by first and last row. */
  merged: { firstRow: number; lastRow: number }[];
}

/**
 * Yields the rows with text, in order. A merged cell has its text in the first cell; a formula has its stored value.
 * @param location the file and the sheet, as messages name them
 * @throws HomegrownError `bad-file` naming the cell
 */
export async function* sheetRows(
  xml: AsyncIterable<string>,
  context: CellContext,
  counts: SheetCounts,
  location: string,
): AsyncGenerator<SheetRow> {
  const reader = new SheetReader(context, counts, location);
  for await (const piece of xml) yield* reader.push(piece);
  yield* reader.end();
}

class SheetReader {
  private rows: SheetRow[] = [];
  private rowNumber = 0;
  private cells = new Map<number, string>();
  private rowLength = 0;
  /** State of the current cell: its column, its kind by type and style, and its content so far. */
  private column = -1;
  private type = '';
  private style = 0;
  private value = '';
  private isFormula = false;
  private isInText = false;
  private phoneticDepth = 0;
  private readonly parser: XmlParser;

  constructor(
    private readonly context: CellContext,
    private readonly counts: SheetCounts,
    private readonly location: string,
  ) {
    this.parser = new XmlParser(
      {
        onopentag: (name, attributes) => this.openElement(localName(name), attributes),
        ontext: (text) => {
          if (this.isInText && this.phoneticDepth === 0) this.value += text;
        },
        onclosetag: (name) => this.closeElement(localName(name)),
      },
      location.replace(/,$/, ''),
    );
  }

  push(xml: string): readonly SheetRow[] {
    this.parser.write(xml);
    if (this.value.length > MAX_ROW_LENGTH) throw this.tooLong();
    return this.takeRows();
  }

  end(): readonly SheetRow[] {
    this.parser.end();
    return this.takeRows();
  }

  private takeRows(): readonly SheetRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private openElement(name: string, attributes: Readonly<Record<string, string | undefined>>): void {
    switch (name) {
      case 'row':
        this.rowNumber = parseIndex(attributes['r']) || this.rowNumber + 1;
        [this.column, this.rowLength] = [-1, 0];
        this.cells = new Map();
        break;
      case 'c':
        this.column = columnIndex(attributes['r']) ?? this.column + 1;
        if (this.column >= MAX_TABLE_COLUMNS)
          throw this.damagedError(
            `has a cell beyond the ${formatCount(MAX_TABLE_COLUMNS)} columns that a sheet can have`,
          );
        [this.type, this.style] = [attributes['t'] ?? 'n', parseIndex(attributes['s'])];
        [this.value, this.isFormula, this.isInText] = ['', false, false];
        break;
      case 'v':
      case 't':
        this.isInText = true;
        break;
      case 'f':
        this.isFormula = true;
        break;
      case PHONETIC_ELEMENT:
        this.phoneticDepth++;
        break;
      case 'mergeCell':
        this.addMergedCell(attributes['ref'] ?? '');
    }
  }

  private closeElement(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.isInText = false;
        break;
      case PHONETIC_ELEMENT:
        this.phoneticDepth = Math.max(0, this.phoneticDepth - 1);
        break;
      case 'c': {
        const text = this.textOfCell();
        if (text !== '') this.cells.set(this.column, text);
        this.rowLength += text.length;
        if (this.rowLength > MAX_ROW_LENGTH) throw this.tooLong();
        break;
      }
      case 'row':
        if ([...this.cells.values()].some((text) => text.trim() !== ''))
          this.rows.push({ number: this.rowNumber, cells: this.cells });
    }
  }

  /** Text of the current cell. */
  private textOfCell(): string {
    const { value } = this;
    const { strings, numberKinds, is1904 } = this.context;
    switch (this.type) {
      case 's': {
        if (value.trim() === '') return '';
        const text = strings[Number(value)];
        if (text === undefined)
          throw this.damagedError(`refers to the missing text ${JSON.stringify(value.slice(0, 20))}`);
        return text;
      }
      case 'b':
        return value.trim() === '' ? '' : value.trim() === '0' ? 'FALSE' : 'TRUE';
      case 'e':
        this.counts.errors++;
        return '';
      case 'n':
        if (this.isFormula && value.trim() === '') this.counts.missingValues++;
        return numberText(value, numberKinds[this.style] ?? 'number', is1904);
      default:
        return cellText(value);
    }
  }

  private addMergedCell(area: string): void {
    const [, firstRow, lastRow] = /^\$?[A-Za-z]+\$?(\d+):\$?[A-Za-z]+\$?(\d+)$/.exec(area) ?? [];
    if (firstRow !== undefined) this.counts.merged.push({ firstRow: Number(firstRow), lastRow: Number(lastRow) });
  }

  private tooLong(): Error {
    return badFile(
      `${this.location} has more than ${formatCount(MAX_ROW_LENGTH)} characters in row ${formatCount(this.rowNumber)}.`,
      'Move such long texts into their own files.',
    );
  }

  private damagedError(reason: string): Error {
    return badFile(
      `${this.location} ${reason}, in row ${formatCount(this.rowNumber)}.`,
      'It is damaged. Open it in a spreadsheet app, save it again, and add that file.',
    );
  }
}

const parseIndex = (digits = ''): number => (/^\d{1,9}$/.test(digits) ? Number(digits) : 0);

/** Column of a cell, from 0; 27 for `AB12`. */
function columnIndex(reference = ''): number | undefined {
  const letters = /^[A-Za-z]{1,4}/.exec(reference)?.[0].toUpperCase();
  if (letters === undefined) return undefined;
  let column = 0;
  for (let i = 0; i < letters.length; i++) column = column * 26 + letters.charCodeAt(i) - 64;
  return column - 1;
}
