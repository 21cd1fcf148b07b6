/** Reads the rows of a sheet one at a time from its XML: ECMA-376 part 1, 18.3.1. */
import { badFile } from '../../../base/errors';
import { formatCount } from '../../../base/units';
import { MAX_TABLE_COLUMNS } from '../../limits';
import { localName } from '../../parts';
import { XmlParser } from '../../xmlParser';
import { MAX_ROW_LENGTH } from '../format';
import { type NumberKind, numberText } from './numbers';
import { cellText, LEFT } from './strings';

/** Workbook data that reading cells needs. */
export interface CellForms {
  /** Shared strings by index. */
  strings: readonly string[];
  /** Kinds of numbers, by cell style. */
  kinds: readonly NumberKind[];
  is1904: boolean;
}

export interface SheetRow {
  /** Row number in the sheet, from 1. */
  number: number;
  /** Non-empty texts by column, from 0. */
  cells: ReadonlyMap<number, string>;
}

/** Counts of cells without a usable value, and merged cells of a sheet. */
export interface Counted {
  /** Number of formulas without a stored value, and of cells with an error value. */
  unreckoned: number;
  errors: number;
  /** Merged cells by first and last row. */
  merged: { from: number; to: number }[];
}

/**
 * Yields the rows with text, in order. A merged cell has its text in the first cell; a formula has its stored value.
 * @param what the file and the sheet, as messages name them
 * @throws HomegrownError `bad-file` naming the cell
 */
export async function* sheetRows(
  xml: AsyncIterable<string>,
  forms: CellForms,
  counts: Counted,
  what: string,
): AsyncGenerator<SheetRow> {
  const reader = new SheetReader(forms, counts, what);
  for await (const piece of xml) yield* reader.push(piece);
  yield* reader.end();
}

class SheetReader {
  private rows: SheetRow[] = [];
  private number = 0;
  private cells = new Map<number, string>();
  private letters = 0;
  /** State of the current cell: its column, its kind by type and style, and its content so far. */
  private column = -1;
  private type = '';
  private style = 0;
  private value = '';
  private isFormula = false;
  private isTaken = false;
  private left = 0;
  private readonly parser: XmlParser;

  constructor(
    private readonly forms: CellForms,
    private readonly counts: Counted,
    private readonly what: string,
  ) {
    this.parser = new XmlParser(
      {
        onopentag: (name, attributes) => this.open(localName(name), attributes),
        ontext: (text) => {
          if (this.isTaken && this.left === 0) this.value += text;
        },
        onclosetag: (name) => this.close(localName(name)),
      },
      what.replace(/,$/, ''),
    );
  }

  push(xml: string): readonly SheetRow[] {
    this.parser.write(xml);
    if (this.value.length > MAX_ROW_LENGTH) throw this.tooLong();
    return this.take();
  }

  end(): readonly SheetRow[] {
    this.parser.end();
    return this.take();
  }

  private take(): readonly SheetRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private open(name: string, attributes: Readonly<Record<string, string | undefined>>): void {
    switch (name) {
      case 'row':
        this.number = wholeIn(attributes['r']) || this.number + 1;
        [this.column, this.letters] = [-1, 0];
        this.cells = new Map();
        break;
      case 'c':
        this.column = columnIn(attributes['r']) ?? this.column + 1;
        if (this.column >= MAX_TABLE_COLUMNS)
          throw this.fail(`has a cell beyond the ${formatCount(MAX_TABLE_COLUMNS)} columns that a sheet can have`);
        [this.type, this.style] = [attributes['t'] ?? 'n', wholeIn(attributes['s'])];
        [this.value, this.isFormula, this.isTaken] = ['', false, false];
        break;
      case 'v':
      case 't':
        this.isTaken = true;
        break;
      case 'f':
        this.isFormula = true;
        break;
      case LEFT:
        this.left++;
        break;
      case 'mergeCell':
        this.merge(attributes['ref'] ?? '');
    }
  }

  private close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.isTaken = false;
        break;
      case LEFT:
        this.left = Math.max(0, this.left - 1);
        break;
      case 'c': {
        const text = this.text();
        if (text !== '') this.cells.set(this.column, text);
        this.letters += text.length;
        if (this.letters > MAX_ROW_LENGTH) throw this.tooLong();
        break;
      }
      case 'row':
        if ([...this.cells.values()].some((text) => text.trim() !== ''))
          this.rows.push({ number: this.number, cells: this.cells });
    }
  }

  /** Text of the current cell. */
  private text(): string {
    const { value } = this;
    const { strings, kinds, is1904 } = this.forms;
    switch (this.type) {
      case 's': {
        if (value.trim() === '') return '';
        const text = strings[Number(value)];
        if (text === undefined) throw this.fail(`refers to the missing text ${JSON.stringify(value.slice(0, 20))}`);
        return text;
      }
      case 'b':
        return value.trim() === '' ? '' : value.trim() === '0' ? 'FALSE' : 'TRUE';
      case 'e':
        this.counts.errors++;
        return '';
      case 'n':
        if (this.isFormula && value.trim() === '') this.counts.unreckoned++;
        return numberText(value, kinds[this.style] ?? 'number', is1904);
      default:
        return cellText(value);
    }
  }

  private merge(area: string): void {
    const [, first, last] = /^\$?[A-Za-z]+\$?(\d+):\$?[A-Za-z]+\$?(\d+)$/.exec(area) ?? [];
    if (first !== undefined) this.counts.merged.push({ from: Number(first), to: Number(last) });
  }

  private tooLong(): Error {
    return badFile(
      `${this.what} has more than ${formatCount(MAX_ROW_LENGTH)} characters in row ${formatCount(this.number)}.`,
      'Move such long texts into their own files.',
    );
  }

  private fail(reason: string): Error {
    return badFile(
      `${this.what} ${reason}, in row ${formatCount(this.number)}.`,
      'It is damaged. Open it in a spreadsheet app, save it again, and add that file.',
    );
  }
}

const wholeIn = (digits = ''): number => (/^\d{1,9}$/.test(digits) ? Number(digits) : 0);

/** Column of a cell, from 0; 27 for `AB12`. */
function columnIn(place = ''): number | undefined {
  const letters = /^[A-Za-z]{1,4}/.exec(place)?.[0].toUpperCase();
  if (letters === undefined) return undefined;
  let column = 0;
  for (let i = 0; i < letters.length; i++) column = column * 26 + letters.charCodeAt(i) - 64;
  return column - 1;
}
