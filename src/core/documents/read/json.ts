import { cellsOf, jsonFile } from '../json';
import { LARGEST_JSON_FILE } from '../limits';
import type { OpenFile, Row, TableFormat } from './format';

/** A list of objects or texts, or an object that holds one: each is a row. An object without such a list is one row. */
export const json: TableFormat = { label: 'JSON', endings: ['json', 'geojson'], rows: jsonRows };

async function* jsonRows(file: OpenFile): AsyncGenerator<Row> {
  const rows = listIn(await jsonFile(file, LARGEST_JSON_FILE));
  for (const [i, row] of rows.entries()) {
    const cells =
      typeof row === 'string'
        ? new Map([['text', row]])
        : typeof row === 'object' && row !== null
          ? cellsOf(row)
          : new Map<string, string>();
    if (cells.size > 0) yield { line: i + 1, cells };
  }
}

/** The longest list of objects or texts in it. */
function listIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [value];
  const lists = Object.values(value).filter(
    (each): each is unknown[] =>
      Array.isArray(each) && each.some((item) => typeof item === 'object' || typeof item === 'string'),
  );
  const objects = lists.filter((list) => list.some((item) => typeof item === 'object' && item !== null));
  return objects.reduce<readonly unknown[]>((longest, list) => (list.length > longest.length ? list : longest), [])
    .length > 0
    ? objects.reduce((longest, list) => (list.length > longest.length ? list : longest))
    : [value];
}
