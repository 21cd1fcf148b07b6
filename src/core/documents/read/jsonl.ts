import { badFile } from '../../base/errors';
import { formatCount } from '../../base/units';
import { decodeParsed } from '../decode';
import { cellsOf } from '../json';
import { LONGEST_LINE } from '../limits';
import type { OpenFile, Row } from './format';

/** An object a line: https://jsonlines.org. What lies in an object of it is a column too, `author.name`. */
export async function* rows(file: OpenFile): AsyncGenerator<Row> {
  /** Pieces of a line that has not ended yet: looked through once each, however long it is. */
  let held: string[] = [];
  let [length, line] = [0, 0];
  const rowOf = (text: string): Row[] => {
    line++;
    return text.trim() === '' ? [] : [{ line, cells: rowIn(file.name, line, text) }];
  };
  for await (const piece of decodeParsed(file)) {
    const [end, ...lines] = piece.split('\n');
    held.push(end!);
    length += end!.length;
    if (length > LONGEST_LINE)
      throw badFile(
        `${file.name} has more than ${formatCount(LONGEST_LINE)} characters in line ${formatCount(line + 1)}.`,
        'JSON Lines is one object a line: write it so, and add it again.',
      );
    if (lines.length === 0) continue;
    yield* rowOf(held.join(''));
    const rest = lines.pop()!;
    for (const text of lines) yield* rowOf(text);
    [held, length] = [[rest], rest.length];
  }
  yield* rowOf(held.join(''));
}

function rowIn(name: string, line: number, text: string): Row['cells'] {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badFile(
      `${name} has in line ${formatCount(line)} what is no object of JSON: ${JSON.stringify(text.trim().slice(0, 40))}.`,
      'JSON Lines is one object a line: write it so, and add it again.',
    );
  return cellsOf(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
