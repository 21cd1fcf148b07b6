/**
 * Imports files as conversations, one document each. Takes the row parser as an argument, because the parser is in a
 * higher layer.
 */
import { type BadRow, isBadRow } from '../base/badRow';
import { badFile } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { formatCount } from '../base/units';
import { charactersIn } from '../base/utf8';
import { upperFirst } from '../base/firstLetter';
import { signatureOf } from '../files/signatures';
import { BadRows } from './badRows';
import type { ReadFile } from './blocks';
import type { EncodingId } from './encodings';
import type { FoundRow } from './guard/readers';
import { withHead } from './readHead';
import { headText, MARKUP_HEAD } from './markup';
import { FORMATS, formatOf, isOfDocuments, tableCalled, type TableFormatId } from './formats';
import type { OpenFile } from './formats/format';
import type { GivenFile, Into } from './readFile';
import { type AskedColumns, type RowDocument, rowDocuments } from './rows';

/** Interface to the chat code: `core/chat/reader.ts`. */
export interface ConversationReader {
  /**
   * Yields conversations in the shape that the first objects show, or a bad row for one that can't be trained on.
   * @throws HomegrownError `bad-shape` if no shape fits
   */
  readObjects(
    objects: AsyncIterable<Row | BadRow>,
    file: Pick<OpenFile, 'name' | 'note'>,
  ): AsyncIterable<FoundConversation | BadRow>;
  /** Returns a question and its answer as a conversation, or a bad row. @param place in the file: `row 12` */
  readPair(input: string, target: string, place: string): FoundConversation | BadRow;
}
type Row = Pick<FoundRow, 'value'> & { place: string };

export interface FoundConversation {
  /** Place in its file: `line 12`. */
  place: string;
  /** The stored form: one row of JSON. */
  row: string;
}

/** Like `readFile`. A table with chosen columns holds pairs; anything else holds rows in a known shape. */
export async function readConversations(
  reader: ConversationReader,
  source: GivenFile,
  { chunks, blocks, readers }: Into,
  bytes: AsyncIterable<Uint8Array>,
  byteCount: { readonly bytes: number },
  encoding?: EncodingId,
): Promise<ReadFile> {
  const { name, places, reading } = source;
  const { format, columns, isGuessed = false } = tableOf(source);
  const notes: string[] = [];
  const file: OpenFile = {
    name,
    bytes: isGuessed ? await requireJson(name, bytes, encoding) : bytes,
    note: (sentence) => void notes.push(sentence),
    ...(places && { places }),
    ...(reading && { reading }),
    ...(encoding && { encoding }),
  };
  const badRows = new BadRows();
  const tableFacts: Pick<ReadFile, 'columns' | 'empty'> = {};
  const conversations =
    columns === 'recognised'
      ? reader.readObjects(withPlaces(readers('objects', format, file)), file)
      : pairConversations(
          reader,
          rowDocuments(readers('rows', format, file), file, columns, tableFacts, badRows),
          file,
        );
  let count = 0;
  for await (const { place, row } of badRows.goodOf(conversations)) {
    const utf8 = await chunks.write(row);
    const title = upperFirst(place);
    const sha256 = await sha256Hex(utf8);
    await blocks.add({ title, sha256, characters: charactersIn(utf8), bytes: utf8.length });
    count++;
  }
  if (byteCount.bytes === 0) throw badFile(`${name} is empty.`, 'Choose a file with chats.');
  badRows.settle(file, count);
  if (count === 0) throw badFile(`${name} contains no chats.`, REMEDY);
  return { name, size: byteCount.bytes, notes, format, ...tableFacts };
}
const REMEDY =
  'Use JSON Lines in the OpenAI, ShareGPT or Alpaca format, or a table with a question column and an answer column.';

/** A file that isn't a table by name is JSON Lines or a JSON list. */
function tableOf({ name, table }: GivenFile): { format: TableFormatId; columns: AskedColumns; isGuessed?: true } {
  if (table) return table;
  const format = tableCalled(name);
  if (format) return { format, columns: 'recognised' };
  const documentFormat = formatOf(name);
  if (isOfDocuments(documentFormat))
    throw badFile(`${name} is read as ${FORMATS[documentFormat].label}, which has no chat rows.`, REMEDY);
  return { format: 'jsonl', columns: 'recognised', isGuessed: true };
}

/** Passes the bytes through. @throws HomegrownError `bad-file` if they are text that doesn't begin like JSON */
async function requireJson(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  encoding?: EncodingId,
): Promise<AsyncIterable<Uint8Array>> {
  const { head, allBytes } = await withHead(bytes, MARKUP_HEAD);
  const start = (encoding ? new TextDecoder(encoding).decode(head) : headText(head)).trimStart();
  // The reader refuses images and other encodings, and says what they are.
  const isText = !signatureOf(name, head) && !/[\0\ufffd]/.test(start);
  if (!isText || start === '' || /^[{[]/.test(start)) return allBytes;
  await allBytes.return?.();
  throw badFile(`${name} is plain text, which has no chat rows.`, REMEDY);
}

async function* withPlaces(rows: AsyncIterable<FoundRow | BadRow>): AsyncGenerator<Row | BadRow> {
  let row = 0;
  for await (const object of rows) {
    row++;
    if (isBadRow(object)) yield object;
    else yield { value: object.value, place: object.place ?? rowName(object.row ?? row) };
  }
}

/** Yields one conversation per row: a question and its answer. */
async function* pairConversations(
  reader: ConversationReader,
  documents: AsyncIterable<RowDocument>,
  file: OpenFile,
): AsyncGenerator<FoundConversation | BadRow> {
  for await (const { text, spans, row } of documents) {
    if (!spans)
      throw badFile(
        `${file.name} has one chosen column, but a chat needs two.`,
        'Choose a question column and an answer column.',
      );
    const utf8 = encoder.encode(text);
    const textIn = ([from, to]: readonly [number, number]): string => decoder.decode(utf8.subarray(from, to));
    yield reader.readPair(textIn(spans.input), textIn(spans.target), rowName(row));
  }
}
const rowName = (row: number): string => `row ${formatCount(row)}`;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
