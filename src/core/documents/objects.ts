/** JSON as the objects that it holds, as they are: conversations lie deeper in them than columns of a table do. */
import { badFile } from '../base/errors';
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
 * The objects of JSON Lines, or of a list; which of the two a file is, its first character tells, whatever it is called.
 * @throws HomegrownError `bad-file` naming the file, the place, and what to do
 */
export async function* objects(file: OpenFile): AsyncGenerator<FoundObject> {
  const { isList, bytes } = await begun(file.bytes);
  yield* isList ? inList({ ...file, bytes }) : inLines({ ...file, bytes });
}

/** An object a line: https://jsonlines.org. Empty lines are passed over. */
export async function* inLines(file: OpenFile): AsyncGenerator<FoundObject> {
  /** Pieces of a line that has not ended yet: looked through once each, however long it is. */
  let held: string[] = [];
  let [length, line] = [0, 0];
  const objectOf = (text: string): FoundObject[] => {
    line++;
    return text.trim() === ''
      ? []
      : [{ line, place: `line ${formatCount(line)}`, value: parsed(file.name, line, text) }];
  };
  for await (const piece of decodeParsed(file)) {
    const [end, ...lines] = piece.split('\n');
    held.push(end!);
    length += end!.length;
    if (length > LONGEST_LINE)
      throw badFile(
        `${file.name} has more than ${formatCount(LONGEST_LINE)} characters in line ${formatCount(line + 1)}.`,
        AS_LINES,
      );
    if (lines.length === 0) continue;
    yield* objectOf(held.join(''));
    const rest = lines.pop()!;
    for (const text of lines) yield* objectOf(text);
    [held, length] = [[rest], rest.length];
  }
  yield* objectOf(held.join(''));
}
const AS_LINES = 'JSON Lines is one object a line: write it so, and add it again.';

function parsed(name: string, line: number, text: string): FoundObject['value'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value as FoundObject['value'];
  const words = JSON.stringify(text.trim().slice(0, 40));
  throw badFile(`${name} has in line ${formatCount(line)} what is no object of JSON: ${words}.`, AS_LINES);
}

async function* inList(file: OpenFile): AsyncGenerator<FoundObject> {
  const list = (await jsonFile(file, LARGEST_JSON_FILE)) as readonly unknown[];
  for (const [i, value] of list.entries()) {
    if (!isObject(value))
      throw badFile(
        `${file.name} is a list, and number ${formatCount(i + 1)} in it is no object: ${shown(value)}.`,
        'Take it out, or write an object there, and add the file again.',
      );
    yield { line: i + 1, place: `object ${formatCount(i + 1)}`, value: value as FoundObject['value'] };
  }
}

/** Its beginning; of what other values lie in, no more than its kind: those may be nested deeper than JSON can be written. */
const shown = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : JSON.stringify(typeof value === 'string' ? value.slice(0, 40) : value).slice(0, 40);

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
