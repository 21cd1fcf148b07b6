/** JSON as the objects that it holds, as they are: conversations lie deeper in them than columns of a table do. */
import type { BadRow } from '../base/badRow';
import { formatCount } from '../base/units';
import { decodeParsed } from './decode';
import { isObject, jsonFile } from './json';
import { LARGEST_JSON_FILE, LONGEST_LINE } from './limits';
import type { OpenFile } from './read/format';

export interface FoundObject {
  value: Readonly<Record<string, unknown>>;
  /** In its file: of one in a list the how manieth, from 1. */
  line: number;
  /** The same in words: `line 12`, `object 12`. */
  place: string;
}

/**
 * The objects of JSON Lines, or of a list, and what stands in place of one that can't be read; which of the two a file is, its
 * first character tells, whatever it is called.
 * @throws HomegrownError `bad-file` where a list can't be read
 */
export async function* objects(file: OpenFile): AsyncGenerator<FoundObject | BadRow> {
  const { isList, bytes } = await begun(file.bytes);
  yield* isList ? inList({ ...file, bytes }) : inLines({ ...file, bytes });
}

/** An object a line: https://jsonlines.org. Empty lines are passed over. */
export async function* inLines(file: OpenFile): AsyncGenerator<FoundObject | BadRow> {
  /** Pieces of a line that has not ended yet: looked through once each, however long it is. */
  let held: string[] = [];
  let [length, line] = [0, 0];
  const objectOf = (text: string): (FoundObject | BadRow)[] => {
    line++;
    if (length > LONGEST_LINE) return [{ place: placeOf(line), problem: TOO_LONG }];
    return text.trim() === '' ? [] : [parsed(line, text)];
  };
  for await (const piece of decodeParsed(file)) {
    const [end, ...lines] = piece.split('\n');
    length += end!.length;
    // Of a line that is too long nothing is kept: it may never end.
    if (length > LONGEST_LINE) held = [];
    else held.push(end!);
    if (lines.length === 0) continue;
    yield* objectOf(held.join(''));
    length = 0;
    const rest = lines.pop()!;
    for (const text of lines) yield* objectOf(text);
    [held, length] = [[rest], rest.length];
  }
  yield* objectOf(held.join(''));
}
const placeOf = (line: number): string => `line ${formatCount(line)}`;
const TOO_LONG = `has more than ${formatCount(LONGEST_LINE)} characters`;

function parsed(line: number, text: string): FoundObject | BadRow {
  const place = placeOf(line);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isObject(value)) return { line, place, value: value as FoundObject['value'] };
  return { place, problem: `isn't a JSON object: ${JSON.stringify(text.trim().slice(0, 40).toWellFormed())}` };
}

async function* inList(file: OpenFile): AsyncGenerator<FoundObject | BadRow> {
  const list = (await jsonFile(file, LARGEST_JSON_FILE)) as readonly unknown[];
  for (const [i, value] of list.entries()) {
    const [line, place] = [i + 1, `object ${formatCount(i + 1)}`];
    yield isObject(value)
      ? { line, place, value: value as FoundObject['value'] }
      : { place, problem: `isn't a JSON object: ${shown(value)}` };
  }
}

/** Its beginning; of what other values lie in, no more than its kind: those may be nested deeper than JSON can be written. */
const shown = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : JSON.stringify(typeof value === 'string' ? value.slice(0, 40) : value)
        .slice(0, 40)
        .toWellFormed();

/** Whether the first character is that of a list, and all bytes, those that it was found by too. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<{ isList: boolean; bytes: AsyncIterable<Uint8Array> }> {
  const pieces = bytes[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const next = await pieces.next();
    if (next.done === true) break;
    seen.push(next.value);
    first = next.value.find((byte) => !BEFORE.has(byte));
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* seen;
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return { isList: first === LIST, bytes: all() };
}
const LIST = '['.charCodeAt(0);
/** White space of JSON, byte order marks, and the empty half of a character in UTF-16. */
const BEFORE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe, 0]);
