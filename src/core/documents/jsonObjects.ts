/** Reads JSON as a sequence of whole objects, because conversations nest deeper than table columns. */
import type { BadRow } from '../base/badRow';
import { formatCount } from '../base/units';
import { decodeParsed } from './decode';
import { peekJson, isObject, takeJoined, listItems } from './json';
import { checkJson, JsonLimit } from './jsonScan';
import { MAX_LINE_LENGTH } from './limits';
import type { OpenFile } from './formats/format';

interface PlacedObject {
  value: Readonly<Record<string, unknown>>;
  /** Line in its file; in a list, the object's number from 1. */
  line: number;
  /** Place as shown: `line 12`, `object 12`. */
  place: string;
}

/**
 * Yields the objects of JSON Lines or of a list, and bad rows for those that can't be read. The first character decides
 * between the two, whatever the file's name.
 * @throws HomegrownError `bad-file` if a list can't be read
 */
export async function* jsonObjects(file: OpenFile): AsyncGenerator<PlacedObject | BadRow> {
  const { isList, bytes } = await peekJson(file.bytes);
  yield* isList ? inList({ ...file, bytes }) : inLines({ ...file, bytes });
}

/** Yields one object per line: https://jsonlines.org. Skips empty lines. */
export async function* inLines(file: OpenFile): AsyncGenerator<PlacedObject | BadRow> {
  /** Pieces of an unfinished line. Each piece is searched once, however long the line is. */
  let linePieces: string[] = [];
  let [length, line] = [0, 0];
  const parseLine = (pieces: string[]): (PlacedObject | BadRow)[] => {
    line++;
    if (length > MAX_LINE_LENGTH) return [{ place: placeOf(line), problem: TOO_LONG }];
    return parseObject(line, pieces);
  };
  for await (const piece of decodeParsed(file)) {
    const [lineEnd, ...lines] = piece.split('\n');
    length += lineEnd!.length;
    // A line that is too long isn't buffered, because it may never end.
    if (length > MAX_LINE_LENGTH) linePieces = [];
    else linePieces.push(lineEnd!);
    if (lines.length === 0) continue;
    yield* parseLine(linePieces);
    length = 0;
    const lastPiece = lines.pop()!;
    for (const text of lines) yield* parseLine([text]);
    [linePieces, length] = [[lastPiece], lastPiece.length];
  }
  yield* parseLine(linePieces);
}
const placeOf = (line: number): string => `line ${formatCount(line)}`;
const TOO_LONG = `has more than ${formatCount(MAX_LINE_LENGTH)} characters`;

/** Code units of a line that is small enough to parse without a check. */
const MAX_UNCHECKED = 2 ** 20;

/** Returns an object or a bad row; nothing for an empty line. */
function parseObject(line: number, pieces: string[]): (PlacedObject | BadRow)[] {
  const place = placeOf(line);
  let text = '';
  let value: unknown;
  try {
    if (pieces.some(({ length }) => length > MAX_UNCHECKED) || pieces.length > 1) checkJson(pieces);
    text = takeJoined(pieces);
    if (text.trim() === '') return [];
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof JsonLimit) return [{ place, problem: error.message }];
    value = undefined;
  }
  if (isObject(value)) return [{ line, place, value: value as PlacedObject['value'] }];
  return [{ place, problem: `isn't a JSON object: ${JSON.stringify(text.trim().slice(0, 40).toWellFormed())}` }];
}

async function* inList(file: OpenFile): AsyncGenerator<PlacedObject | BadRow> {
  let line = 0;
  for await (const value of listItems(file)) {
    line++;
    const place = `object ${formatCount(line)}`;
    yield isObject(value)
      ? { line, place, value: value as PlacedObject['value'] }
      : { place, problem: `isn't a JSON object: ${describeValue(value)}` };
  }
}

/** Start of a scalar value; for a list only its kind, because it may be too deep to serialize. */
const describeValue = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : JSON.stringify(typeof value === 'string' ? value.slice(0, 40) : value)
        .slice(0, 40)
        .toWellFormed();
