/** JSON as rows: an object is one, and what lies in it has a column of its own, `author.name`. */
import { badFile } from '../base/errors';
import { DEEPEST_CELL, MOST_NESTED } from './limits';
import type { OpenFile, Row } from './read/format';
import { wholeText } from './whole';

/** @throws HomegrownError `bad-file` */
export async function jsonFile(file: OpenFile, most: number): Promise<unknown> {
  const text = await wholeText(file, most);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // V8 says what stands where; SpiderMonkey and JavaScriptCore say it in words of their own.
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw badFile(`${file.name} is not JSON: ${why}.`, 'It may have been cut off. Get it again, or write it anew.');
  }
}

export interface FoundRows {
  /** One without a cell is none, and is counted as any that has no text. */
  rows: readonly Row['cells'][];
  /** What of an object is in none of them, by its path. */
  left: readonly string[];
}

/** The rows of a file of JSON, however they lie in it. */
export function rowsIn(value: unknown): FoundRows {
  if (Array.isArray(value)) return { rows: value.map(cellsIn), left: [] };
  if (!isObject(value)) return { rows: [cellsIn(value)], left: [] };
  const lists: unknown[][] = [];
  const others: [path: string, value: unknown][] = [];
  listsIn(value, '', lists, others);
  const beside = others.filter(([, each]) => lettersIn(each) > 0);
  if (lettersIn(lists) > beside.reduce((sum, [, each]) => sum + lettersIn(each), 0))
    return { rows: lists.flat().map(cellsIn), left: beside.map(([path]) => path) };
  const entries = Object.entries(value);
  if (entries.length > 1 && entries.every(([, each]) => isObject(each)))
    return { rows: entries.map(([key, each]) => new Map([['key', key], ...cellsIn(each)])), left: [] };
  return { rows: [cellsOf(value)], left: [] };
}

/** Lists of objects or texts in an object and in the objects in it, and all else, each by its path. */
function listsIn(object: object, path: string, lists: unknown[][], others: [string, unknown][], depth = 1): void {
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (Array.isArray(value) && value.some((each) => isObject(each) || typeof each === 'string')) lists.push(value);
    else if (isObject(value) && depth < DEEPEST_CELL) listsIn(value, `${path}${name}.`, lists, others, depth + 1);
    else others.push([`${path}${name}`, value]);
  }
}

/** Code units of the texts in it. */
function lettersIn(value: unknown): number {
  let letters = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const each = open.pop();
    if (typeof each === 'string') letters += each.length;
    else if (typeof each === 'object' && each !== null) for (const inner of Object.values(each)) open.push(inner);
  }
  return letters;
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cellsIn = (value: unknown): Row['cells'] =>
  typeof value === 'object' && value !== null
    ? cellsOf(value)
    : new Map(typeof value === 'string' ? [['text', value]] : []);

/** Texts, numbers and truth values of an object, its own ones first; a list of such is as many columns, `tags.0`. */
export function cellsOf(object: object): Row['cells'] {
  const cells = new Map<string, string>();
  const nested: [string, object][] = [];
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (isCell(value)) cells.set(name, String(value));
    else if (typeof value === 'object' && value !== null) nested.push([name, value]);
  }
  let made = 0;
  for (let depth = 1; nested.length > 0 && depth < DEEPEST_CELL; depth++) {
    for (const [path, inner] of nested.splice(0)) {
      for (const [name, value] of Object.entries(inner) as [string, unknown][]) {
        if (isCell(value) && made++ < MOST_NESTED) cells.set(`${path}.${name}`, String(value));
        else if (typeof value === 'object' && value !== null && nested.length < MOST_NESTED)
          nested.push([`${path}.${name}`, value]);
      }
    }
  }
  return cells;
}
const isCell = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
