import { type BadRow, isBadRow } from '../../base/badRow';
import { cellsOf } from '../json';
import { inLines } from '../jsonObjects';
import type { OpenFile, Row } from './format';

/** Yields one row per line. Nested values have columns too, such as `author.name`. */
export async function* rows(file: OpenFile): AsyncGenerator<Row | BadRow> {
  for await (const found of inLines(file))
    yield isBadRow(found) ? found : { line: found.line, cells: cellsOf(found.value) };
}
