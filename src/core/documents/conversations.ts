/** Files as conversations, a document each. What makes one of a row is given: it stands after all that reads files. */
import { badFile } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { formatCount } from '../base/units';
import { charactersIn } from '../base/utf8';
import type { ReadFile } from './blocks';
import type { EncodingId } from './encodings';
import type { FoundRow } from './guard/readers';
import { FORMATS, formatOf, isOfDocuments, tableCalled, type TableFormatId } from './read';
import type { OpenFile } from './read/format';
import type { GivenFile, Into } from './readFile';
import { type AskedColumns, type RowDocument, rowDocuments } from './rows';

/** All that is known here of chats: `core/chat/reader.ts`. */
export interface ConversationReader {
  /**
   * Objects in a shape that the first of them tell.
   * @throws HomegrownError `bad-shape` where they tell none; `bad-file` of the first that cannot be learnt
   */
  ofObjects(found: AsyncIterable<Row>, file: Pick<OpenFile, 'name' | 'note'>): AsyncIterable<FoundConversation>;
  /** @throws HomegrownError `bad-file` where it cannot be learnt. @param name where it is: `row 12 of questions.csv` */
  ofPair(input: string, target: string, name: string): string;
}
type Row = Pick<FoundRow, 'value'> & { place: string };

export interface FoundConversation {
  /** Where it is in its file: `line 12`. */
  place: string;
  /** As it is stored: one row of JSON. */
  row: string;
}

/** As `readFile`. A table of which columns were chosen is pairs; anything else is rows in a shape that is known. */
export async function readConversations(
  reader: ConversationReader,
  given: GivenFile,
  { chunks, blocks, readers }: Into,
  bytes: AsyncIterable<Uint8Array>,
  seen: { readonly bytes: number },
  encoding?: EncodingId,
): Promise<ReadFile> {
  const { name, places } = given;
  const notes: string[] = [];
  const file: OpenFile = {
    name,
    bytes,
    note: (sentence) => void notes.push(sentence),
    ...(places && { places }),
    ...(encoding && { encoding }),
  };
  const told: Pick<ReadFile, 'columns' | 'empty'> = {};
  const { format, columns } = tableOf(given);
  const found =
    columns === 'recognised'
      ? reader.ofObjects(placed(readers('objects', format, file)), file)
      : pairs(reader, rowDocuments(readers('rows', format, file), file, columns, told), file);
  let any = false;
  for await (const { place, row } of found) {
    const encoded = await chunks.write(row);
    const title = place.charAt(0).toUpperCase() + place.slice(1);
    const sha256 = await sha256Hex(encoded);
    await blocks.add({ title, sha256, characters: charactersIn(encoded), bytes: encoded.length });
    any = true;
  }
  if (seen.bytes === 0) throw badFile(`${name} is empty.`, 'Choose a file that holds chats.');
  if (!any) throw badFile(`${name} holds no chats.`, GIVE);
  return { name, size: seen.bytes, notes, format, ...told };
}
const GIVE =
  'Give JSON Lines in the shape of OpenAI, ShareGPT or Alpaca, or a table with a column of questions and one of answers.';

/** What is no table by its name is lines of JSON, or a list. */
function tableOf({ name, table }: GivenFile): { format: TableFormatId; columns: AskedColumns } {
  if (table) return table;
  const format = tableCalled(name);
  if (format) return { format, columns: 'recognised' };
  const other = formatOf(name);
  if (isOfDocuments(other))
    throw badFile(`${name} is read as ${FORMATS[other].label}, which has no rows of chats.`, GIVE);
  return { format: 'jsonl', columns: 'recognised' };
}

async function* placed(rows: AsyncIterable<FoundRow>): AsyncGenerator<Row> {
  let row = 0;
  for await (const { value, place = rowNamed(++row) } of rows) yield { value, place };
}

/** A question and its answer a row. */
async function* pairs(
  reader: ConversationReader,
  documents: AsyncIterable<RowDocument>,
  file: OpenFile,
): AsyncGenerator<FoundConversation> {
  for await (const { text, spans, row } of documents) {
    if (!spans)
      throw badFile(
        `${file.name} was given with one column, and a chat needs two.`,
        'Choose a column of questions and one of answers.',
      );
    const utf8 = encoder.encode(text);
    const of = ([from, to]: readonly [number, number]): string => decoder.decode(utf8.subarray(from, to));
    const place = rowNamed(row);
    yield { place, row: reader.ofPair(of(spans.input), of(spans.target), `${place} of ${file.name}`) };
  }
}
const rowNamed = (row: number): string => `row ${formatCount(row)}`;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
