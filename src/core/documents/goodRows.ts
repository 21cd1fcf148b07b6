/** Well-formed rows of a table before it is added. Adding the table reports its malformed rows. */
import { BadRows } from './badRows';
import type { EncodingId } from './encodings';
import type { Readers } from './guard/readers';
import type { TableFormatId } from './formats';
import type { OpenFile, Row } from './formats/format';
import type { TextSource } from './readFile';

export function previewRows(
  { name, stream, places }: Pick<TextSource, 'name' | 'stream' | 'places'>,
  format: TableFormatId,
  readers: Readers,
  encoding: EncodingId | undefined,
): AsyncIterable<Row> {
  const file: OpenFile = {
    name,
    bytes: stream(),
    note: () => undefined,
    ...(places && { places }),
    ...(encoding && { encoding }),
  };
  return new BadRows().goodOf(readers('rows', format, file));
}
