/** How a table begins, before it is read. */
import { BadRows } from './badRows';
import { HEAD_ROWS, headOf, noRows, type TableHead } from './columns';
import { inItsEncoding } from './encodings';
import { inProcess } from './guard/readers';
import type { TableFormatId } from './read';
import type { OpenFile, Row } from './read/format';
import type { TextSource } from './readFile';

/** @throws HomegrownError `bad-file` where it is no table, or has no rows */
export async function lookAtTable(
  { name, stream, places, reading }: Pick<TextSource, 'name' | 'stream' | 'places' | 'reading'>,
  format: TableFormatId,
  readers = inProcess,
): Promise<TableHead> {
  const rows = await inItsEncoding(reading?.encoding, async (encoding) => {
    const rows: Row['cells'][] = [];
    const file: OpenFile = {
      name,
      bytes: stream(),
      note: () => undefined,
      ...(places && { places }),
      ...(encoding && { encoding }),
    };
    // What can't be read is told when all of it is read.
    for await (const { cells } of new BadRows().goodOf(readers('rows', format, file)))
      if (rows.push(cells) === HEAD_ROWS) break;
    return rows;
  });
  if (rows.length === 0) throw noRows(name);
  return headOf(rows);
}
