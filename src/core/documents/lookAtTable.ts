/** Reads the first rows of a table before it is imported. */
import { HEAD_ROWS, headOf, noRows, type TableHead } from './columns';
import { inItsEncoding } from './encodings';
import { previewRows } from './goodRows';
import { inProcess } from './guard/readers';
import type { TableFormatId } from './formats';
import type { Row } from './formats/format';
import type { TextSource } from './readFile';

/** @throws HomegrownError `bad-file` if the file isn't a table, or has no rows */
export async function lookAtTable(
  source: Pick<TextSource, 'name' | 'stream' | 'places' | 'reading'>,
  format: TableFormatId,
  readers = inProcess,
): Promise<TableHead> {
  const rows = await inItsEncoding(source.reading?.encoding, async (encoding) => {
    const rows: Row['cells'][] = [];
    for await (const { cells } of previewRows(source, format, readers, encoding))
      if (rows.push(cells) === HEAD_ROWS) break;
    return rows;
  });
  if (rows.length === 0) throw noRows(source.name);
  return headOf(rows);
}
