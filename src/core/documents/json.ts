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
