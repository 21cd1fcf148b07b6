/** Reads a file as documents: one with all its text, those it contains, or one per table row. */
import { withoutText } from '../base/errors';
import { type Sha256, sha256, sha256Hex } from '../base/hash';
import { counted } from '../base/units';
import { charactersIn } from '../base/utf8';
import type { ByteSource } from '../files/byteSource';
import { BadRows } from './badRows';
import type { ReadDocument, ReadFile } from './blocks';
import type { ChunkWriter } from './chunks';
import type { EncodingId } from './encodings';
import { beginningOf, withHead } from './readHead';
import { headText, MARKUP_HEAD } from './markup';
import {
  binaryTableCalled,
  type DocumentFormatId,
  FORMATS,
  formatOf,
  isOfDocuments,
  isTable,
  isTakenApart,
  mayBe,
  type TableFormatId,
  type TextFormatId,
} from './formats';
import type { Readers } from './guard/readers';
import type { CompanionFiles, OpenFile, Reading, TextFormat } from './formats/format';
import { type AskedColumns, rowDocuments } from './rows';

/** Source of bytes: a file in the browser or the terminal, pasted text, or a bundled sample. */
export interface TextSource {
  name: string;
  /** Bytes, as stated before reading; 0 if unknown. */
  size: number;
  stream(): AsyncIterable<Uint8Array>;
  /** Random access to the same bytes, if available; used for ZIP archives and Parquet tables. */
  places?: ByteSource;
  /** Table format and training columns; absent: the format follows from the name. */
  table?: TableChoice;
  /** Table choice by name of a file in an archive; absent: columns are detected by name. */
  tableIn?: (name: string) => TableChoice | undefined;
  /** Whether to import the raw file, including markup, whatever its name, as builds without text extraction did. */
  isPlain?: boolean;
  /** Whether the file only begins like a table or JSON, and is neither. */
  isProse?: boolean;
  reading?: Reading;
}
export interface TableChoice {
  format: TableFormatId;
  columns: AskedColumns;
}

/** Table choice of a binary table; its columns are detected by name. */
function binaryTable(name: string): TableChoice | undefined {
  const format = binaryTableCalled(name);
  return format && { format, columns: 'recognised' };
}

/** A file of a drop, or of an archive. */
export interface GivenFile extends Omit<TextSource, 'size' | 'stream'> {
  companions?: CompanionFiles;
}

/** Destination of what is read, and how to read it. */
export interface Into {
  chunks: ChunkWriter;
  blocks: { add(document: ReadDocument, row?: number): Promise<void> };
  readers: Readers;
}

/**
 * Writes the text of a file and its document list. The caller's `bytes` iterable counts its bytes in `byteCount`.
 * @throws HomegrownError `bad-file`; `bad-encoding` if the text is neither UTF-8 nor in `encoding`
 */
export async function readFile(
  { name, isPlain, isProse, reading, places, companions, table = isPlain ? undefined : binaryTable(name) }: GivenFile,
  destination: Into,
  bytes: AsyncIterable<Uint8Array>,
  byteCount: { readonly bytes: number },
  encoding?: EncodingId,
): Promise<ReadFile> {
  const notes: string[] = [];
  const isChosen = isPlain || (table && table.columns !== 'recognised');
  const { detected, allBytes } = isChosen ? { allBytes: bytes } : await detectFormat(name, bytes, !companions);
  const note = (sentence: string): void => void notes.push(sentence);
  const file: OpenFile = {
    name,
    bytes: allBytes,
    note,
    ...(places && { places }),
    ...(reading && { reading }),
    ...(encoding && { encoding }),
    ...(companions && { companions }),
    ...(isProse && { isProse }),
  };
  const format = detected ?? (table ? table.format : isPlain ? 'txt' : formatOf(name));
  const facts = isTable(format)
    ? await readTable(file, table!, destination)
    : isOfDocuments(format)
      ? await readDocuments(file, format, destination, byteCount)
      : await readWhole(file, format, destination, byteCount);
  if (byteCount.bytes === 0) throw withoutText('empty', `${name} is empty.`, CHOOSE_REMEDY);
  return { name: companions?.name ?? name, size: byteCount.bytes, notes, format, ...facts };
}

/**
 * Whether documents are extracted from a file, or from files in it. If several formats share its name, its start
 * decides, provided that the file can be read twice.
 */
export async function isOpened(source: TextSource): Promise<boolean> {
  const { name, size, table, isPlain } = source;
  if (table || isPlain) return false;
  if (isTakenApart(name)) return true;
  // A file without a size may be a pipe.
  const ids = mayBe(name);
  if (size === 0 || ids.length === 0) return false;
  const { sniffFormat } = await import('./sniffFormat');
  return sniffFormat(ids, name, await beginningOf(source.stream())) !== undefined;
}

/** Detects the format by the start of the file, and returns all its bytes. */
async function detectFormat(name: string, bytes: AsyncIterable<Uint8Array>, isAlone: boolean) {
  const ids = mayBe(name);
  if (ids.length === 0) return { allBytes: bytes };
  const { head, allBytes } = await withHead(bytes, MARKUP_HEAD);
  const { sniffFormat } = await import('./sniffFormat');
  return { allBytes, detected: sniffFormat(ids, name, headText(head), isAlone) };
}
type TableFacts = Pick<ReadFile, 'columns' | 'empty'>;
const CHOOSE_REMEDY = 'Choose a file with text.';

async function readWhole(
  file: OpenFile,
  format: TextFormatId,
  { chunks, blocks }: Into,
  byteCount: { readonly bytes: number },
): Promise<TableFacts> {
  const { name, encoding } = file;
  // Hashes the file, so that files that differ only in a byte order mark differ. With a chosen encoding, hashes the
  // text, because the same bytes can give different text.
  const hash = await sha256();
  let [characters, bytes, hasText] = [0, 0, false];
  const source = encoding ? file.bytes : hashed(file.bytes, hash);
  for await (const { text, utf8 } of FORMATS[format].read({ ...file, bytes: source })) {
    const utf8Bytes = await chunks.write(utf8 ?? text);
    characters += charactersIn(utf8Bytes);
    bytes += utf8Bytes.length;
    if (encoding) hash.update(utf8Bytes);
    hasText ||= /\S/.test(text);
  }
  if (byteCount.bytes > 0 && !hasText) {
    const content = characters === 0 ? 'no text' : `only whitespace (${counted(characters, 'character')})`;
    throw withoutText(characters === 0 ? 'no text' : 'only whitespace', `${name} contains ${content}.`, CHOOSE_REMEDY);
  }
  const { fields: fieldsOf }: TextFormat = FORMATS[format];
  const fields = fieldsOf?.(name);
  await blocks.add({ title: name, sha256: hash.hex(), characters, bytes, ...(fields && { fields }) });
  return {};
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: Sha256): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

async function readDocuments(
  file: OpenFile,
  format: DocumentFormatId,
  { chunks, blocks, readers }: Into,
  byteCount: { readonly bytes: number },
): Promise<TableFacts> {
  const { name } = file;
  let hasText = false;
  for await (const { title = name, text, fields } of readers('documents', format, file)) {
    const encoded = await chunks.write(text);
    const sha256 = await sha256Hex(encoded);
    const characters = charactersIn(encoded);
    await blocks.add({ title, sha256, characters, bytes: encoded.length, ...(fields && { fields }) });
    hasText = true;
  }
  if (!hasText && byteCount.bytes > 0) throw withoutText('no text', `${name} contains no text.`, CHOOSE_REMEDY);
  return {};
}

async function readTable(
  file: OpenFile,
  { format, columns: requested }: TableChoice,
  { chunks, blocks, readers }: Into,
): Promise<TableFacts> {
  const facts: Pick<ReadFile, 'columns' | 'empty'> = {};
  const rows = readers('rows', format, file);
  for await (const { title, row, text, spans, fields } of rowDocuments(rows, file, requested, facts, new BadRows())) {
    const encoded = await chunks.write(text);
    // A document's identity includes the border of its fields and its label.
    const parts = [...(spans ? [spans.input[1]] : []), ...(fields?.['label'] ? [fields['label']] : [])];
    const sha256 = await sha256Hex(parts.length > 0 ? [text, ...parts].join('\0') : encoded);
    const [characters, bytes] = [charactersIn(encoded), encoded.length];
    const document = { title, sha256, characters, bytes, ...(spans && { spans }), ...(fields && { fields }) };
    await blocks.add(document, row);
  }
  return facts;
}
