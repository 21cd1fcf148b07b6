import { peekJson, cellsIn, type JsonRows, jsonFile, listItems, rowsIn } from '../json';
import { MAX_JSON_FILE_BYTES } from '../limits';
import type { OpenFile, Row } from './format';

/**
 * Yields one row per object or string in a list, or in the lists of an object if they hold most of its text. Yields one
 * row per member of an object that contains only objects. Any other object is a row.
 */
export async function* rows(file: OpenFile): AsyncGenerator<Row> {
  let line = 0;
  const { isList, bytes } = await peekJson(file.bytes);
  if (isList) {
    for await (const item of listItems({ ...file, bytes })) yield { line: ++line, cells: cellsIn(item) };
    return;
  }
  const { rows: jsonRows, unusedFields }: JsonRows = rowsIn(await jsonFile({ ...file, bytes }, MAX_JSON_FILE_BYTES));
  if (unusedFields.length > 0) {
    const more = unusedFields.length > MAX_LISTED ? ' and others' : '';
    file.note(`Uses only its lists; skipped ${unusedFields.slice(0, MAX_LISTED).join(', ')}${more}`);
  }
  for (const cells of jsonRows) yield { line: ++line, cells };
}
const MAX_LISTED = 12;
