/** JSON as table rows: one per object, with a column for each nested value, such as `author.name`. */
import { badFile, type HomegrownError } from '../base/errors';
import { formatCount } from '../base/units';
import { decodeParsed } from './decode';
import { JsonLimit, JsonScan, NO_LEVEL } from './jsonScan';
import { DEEPEST_CELL, MAX_NESTED_COLUMNS } from './limits';
import type { OpenFile, Row } from './formats/format';
import { readAllTextPieces } from './readAll';

/** @throws HomegrownError `bad-file` */
export async function jsonFile(file: OpenFile, max: number): Promise<unknown> {
  const scanner = new JsonScan();
  const pieces: string[] = [];
  for await (const piece of readAllTextPieces(file, max)) {
    pieces.push(piece);
    try {
      scanner.next(piece, 0, NO_LEVEL);
    } catch (error) {
      throw toFileError(file.name, error);
    }
  }
  return parseJson(file.name, takeJoined(pieces));
}

/** Joins pieces and empties the list, because the joined text takes as much memory again. */
export const takeJoined = (pieces: string[]): string => pieces.splice(0).join('');

/**
 * Yields the items of a list. Parses each by itself, so memory is bounded by the largest item.
 * @param file with `[` as its first character
 * @throws HomegrownError `bad-file`
 */
export async function* listItems(file: OpenFile): AsyncGenerator {
  const scanner = new JsonScan();
  const itemPieces: string[] = [];
  let [count, isBegun, isOver] = [0, false, false];
  for await (const piece of decodeParsed(file)) {
    let offset = 0;
    if (!isBegun) {
      offset = piece.indexOf('[') + 1;
      isBegun = offset > 0;
      if (!isBegun) continue;
      scanner.depth = 1;
    }
    while (offset < piece.length) {
      if (isOver && piece.slice(offset).trim() !== '') throw notJson(file.name, 'more text follows its list');
      if (isOver) break;
      let end: number;
      try {
        end = scanner.next(piece, offset, 1);
      } catch (error) {
        throw toFileError(file.name, error, count + 1);
      }
      itemPieces.push(piece.slice(offset, end));
      offset = end + 1;
      if (end === piece.length) break;
      isOver = piece[end] !== ',';
      if (piece[end] === '}') throw notJson(file.name, 'its list ends with }');
      const text = takeJoined(itemPieces);
      if (!isOver || count > 0 || text.trim() !== '') yield parseJson(file.name, text, ++count);
      scanner.startItem();
    }
  }
  if (!isOver) throw notJson(file.name, 'it ends inside its list');
}

/** @param item number in a list, from 1 */
function parseJson(name: string, text: string, item?: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The message names the place; V8, SpiderMonkey and JavaScriptCore word it differently.
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw notJson(name, item === undefined ? why : `object ${formatCount(item)}: ${why}`);
  }
}

const notJson = (name: string, why: string): HomegrownError =>
  badFile(`${name} is not JSON: ${why}.`, 'It may be cut off. Download or save it again.');

function toFileError(name: string, error: unknown, item?: number): unknown {
  if (!(error instanceof JsonLimit)) return error;
  const subject = item === undefined ? name : `${name}: object ${formatCount(item)}`;
  return badFile(
    `${subject} ${error.message}.`,
    'Save it as JSON Lines, one object per line, or split it into several files.',
  );
}

export interface JsonRows {
  /** Cells of each row; a row without cells counts as a row without text. */
  rows: Iterable<Row['cells']>;
  /** Paths of text fields that are in none of the rows. */
  unusedFields: readonly string[];
}

/** Finds the rows in a JSON value that isn't a list: in its lists, if they hold most of its text, else its members. */
export function rowsIn(value: unknown): JsonRows {
  if (!isObject(value)) return { rows: [cellsIn(value)], unusedFields: [] };
  const lists: unknown[][] = [];
  const otherFields: [path: string, value: unknown][] = [];
  listsIn(value, '', lists, otherFields);
  const proseFields = otherFields.filter(([, value]) => lettersIn(value) > 0);
  if (lettersIn(lists) > proseFields.reduce((sum, [, value]) => sum + lettersIn(value), 0))
    return { rows: mapLazily(lists.flat(), cellsIn), unusedFields: proseFields.map(([path]) => path) };
  const entries = Object.entries(value);
  if (entries.length > 1 && entries.every(([, value]) => isObject(value)))
    return {
      rows: mapLazily(entries, ([key, member]) => new Map([['key', key], ...cellsIn(member)])),
      unusedFields: [],
    };
  return { rows: [cellsOf(value)], unusedFields: [] };
}

/** Maps lazily. */
function* mapLazily<T, R>(items: readonly T[], convert: (item: T) => R): Generator<R> {
  for (const item of items) yield convert(item);
}

/** Collects lists of objects or strings in an object at any depth, and all other values with their paths. */
function listsIn(object: object, path: string, lists: unknown[][], otherFields: [string, unknown][], depth = 1): void {
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (Array.isArray(value) && value.some((item) => isObject(item) || typeof item === 'string')) lists.push(value);
    else if (isObject(value) && depth < DEEPEST_CELL) listsIn(value, `${path}${name}.`, lists, otherFields, depth + 1);
    else otherFields.push([`${path}${name}`, value]);
  }
}

/** Total code units of the strings in a value. */
function lettersIn(value: unknown): number {
  let letters = 0;
  const pending: object[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === 'string') letters += value.length;
    else if (typeof value === 'object' && value !== null) pending.push(value);
  };
  visit(value);
  for (let value = pending.pop(); value; value = pending.pop())
    for (const inner of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) visit(inner);
  return letters;
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const cellsIn = (value: unknown): Row['cells'] =>
  typeof value === 'object' && value !== null
    ? cellsOf(value)
    : new Map(typeof value === 'string' ? [['text', value]] : []);

/** Strings, numbers and booleans of an object as cells, nested ones last; each list item is a column, `tags.0`. */
export function cellsOf(object: object): Row['cells'] {
  const cells = new Map<string, string>();
  const nested: [string, object][] = [];
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (isCell(value)) cells.set(name, String(value));
    else if (typeof value === 'object' && value !== null) nested.push([name, value]);
  }
  let nestedCellCount = 0;
  for (let depth = 1; nested.length > 0 && depth < DEEPEST_CELL; depth++) {
    for (const [path, container] of nested.splice(0)) {
      for (const [name, value] of entriesOf(container)) {
        if (nestedCellCount >= MAX_NESTED_COLUMNS && nested.length >= MAX_NESTED_COLUMNS) break;
        if (isCell(value) && nestedCellCount++ < MAX_NESTED_COLUMNS) cells.set(`${path}.${name}`, String(value));
        else if (typeof value === 'object' && value !== null && nested.length < MAX_NESTED_COLUMNS)
          nested.push([`${path}.${name}`, value]);
      }
    }
  }
  return cells;
}

/** Like `Object.entries`, but lazy for a list, which may have millions of items. */
const entriesOf = (value: object): Iterable<[name: string | number, value: unknown]> =>
  Array.isArray(value) ? (value as unknown[]).entries() : Object.entries(value);
const isCell = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** Returns whether the first non-blank character opens a list, and all bytes from the start. */
export async function peekJson(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ isList: boolean; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const buffered: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const next = await iterator.next();
    if (next.done === true) break;
    buffered.push(next.value);
    first = next.value.find((byte) => !SKIPPED_BYTES.has(byte));
  }
  async function* replay(): AsyncGenerator<Uint8Array> {
    yield* buffered;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { isList: first === OPEN_BRACKET, bytes: replay() };
}
const OPEN_BRACKET = '['.charCodeAt(0);
/** JSON whitespace, bytes of byte order marks, and the zero byte of a UTF-16 unit. */
const SKIPPED_BYTES = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe, 0]);
