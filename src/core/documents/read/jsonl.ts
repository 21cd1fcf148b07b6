import { cellsOf } from '../json';
import { inLines } from '../objects';
import type { OpenFile, Row } from './format';

/** What lies in an object of a line is a column too, `author.name`. */
export async function* rows(file: OpenFile): AsyncGenerator<Row> {
  for await (const { line, value } of inLines(file)) yield { line, cells: cellsOf(value) };
}
