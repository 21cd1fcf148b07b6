import { type BadRow, isBadRow } from '../../base/badRow';
import { cellsOf } from '../json';
import { inLines } from '../jsonObjects';
import type { OpenFile, Row } from './format';

/** Yields one row per line. Nested values have columns too, such as `author.name`. */
export async function* rows(file: OpenFile): AsyncGenerator<Row | BadRow> {
  for await (const object of inLines(file))
    yield isBadRow(object) ? object : { line: object.line, cells: cellsOf(object.value) };
}
