/** Reads a text: its documents, the start of one, the rows of its document list. */
import type { BlobStore } from '../base/blobStore';
import type { Document } from '../base/document';
import { blocksOf, readBlock, type ReadFile } from './blocks';
import { cleanedDocuments } from './clean/cleaned';
import { HashOfMany } from './hashOf';
import { labelsNow, withLabel } from './labels/labelChanges';
import { damaged, textOf } from './library';
import { BLOCK, type DocumentBlock, textChunkKey, type TextRecord } from './record';

/** Like `documentsOf`, by id. */
export const openText = async (store: BlobStore, id: string): Promise<readonly Document[]> =>
  documentsOf(store, await textOf(store, id));

/** Like `documentsIn`, but all at once; not for loops over millions of documents. */
export async function documentsOf(store: BlobStore, text: TextRecord): Promise<readonly Document[]> {
  const documents: Document[] = [];
  for await (const document of documentsIn(store, text)) documents.push(document);
  return documents;
}

/**
 * Training documents of a text in order; one block of the list is in memory at a time. Content is read on demand, one
 * chunk at a time.
 * @throws HomegrownError `storage-damaged` if a block, or a chunk of the content, is missing
 */
export const documentsIn = (store: BlobStore, text: TextRecord): AsyncIterable<Document> => ({
  [Symbol.asyncIterator]: () => trainingDocuments(store, text),
});

async function* trainingDocuments(store: BlobStore, text: TextRecord): AsyncGenerator<Document> {
  const excluded = new Set(text.leftOut?.places);
  const documents = text.cleaned
    ? cleanedDocuments(store, text, text.cleaned.id, (cleaned) => documentsIn(store, cleaned))
    : documentsAsRead(store, text);
  // Cleaned documents have their original labels and places.
  const labelNow = text.cleaned && text.labelling && labelsNow(text);
  for await (const document of documents) {
    if (excluded.has(document.place!)) continue;
    const labeled = labelNow ? withLabel(document, labelNow(document.place!, document.fields?.['label'])) : document;
    yield text.trainOnly ? { ...labeled, trainOnly: true } : labeled;
  }
}

/** Documents of the original text that aren't left out, titled by place: `line 12 of chats.jsonl`. */
export const placedDocuments = (store: BlobStore, text: TextRecord): AsyncIterable<Document> => ({
  async *[Symbol.asyncIterator]() {
    const excluded = new Set(text.leftOut?.places);
    for await (const { document, file } of inFiles(store, text)) {
      if (excluded.has(document.place!)) continue;
      const title = document.title!;
      yield { ...document, title: `${title.charAt(0).toLowerCase()}${title.slice(1)} of ${file.name}` };
    }
  },
});

async function* documentsAsRead(store: BlobStore, text: TextRecord): AsyncGenerator<Document> {
  for await (const { document } of inFiles(store, text)) yield document;
}

/** All documents of the original text, with their current labels and their files. */
export async function* inFiles(
  store: BlobStore,
  text: TextRecord,
): AsyncGenerator<{ document: Document; file: ReadFile }> {
  const chunks = chunksOf(store, text);
  if (!text.indexed) {
    const { name, size, formats, notes } = text;
    yield { document: singleDocument(text, chunks), file: { name, size, format: formats[0]!, notes } };
    return;
  }
  let offset = 0;
  let file: DocumentBlock['files'][number] | undefined;
  const labelNow = labelsNow(text);
  for await (const block of blocksOf(store, text)) {
    const documentFrom = documentsOfBlock(text, block, chunks);
    let nextFile = 0;
    for (let i = 0; i < block.bytes.length; i++) {
      while (block.files[nextFile] && block.files[nextFile]!.at <= block.from + i) file = block.files[nextFile++];
      const document = documentFrom(i, offset);
      const label = text.labelling && labelNow(document.place!, document.fields?.['label']);
      yield { document: label === undefined ? document : withLabel(document, label), file: file! };
      offset += block.bytes[i]!;
    }
  }
}

/** A document as a row of a list. */
export interface DocumentRow {
  place: number;
  /** Name and format of its file. */
  file: string;
  format: ReadFile['format'];
  title: string;
  characters: number;
  bytes: number;
  isOut: boolean;
  /** Current label of a labeled text; empty: not labeled yet. */
  label?: string;
}

/** Lists `count` documents from index `from` on, and their total; with `query`, only those whose title contains it. */
export async function listDocuments(
  store: BlobStore,
  id: string,
  { from, count, query = '' }: { from: number; count: number; query?: string },
): Promise<{ rows: readonly DocumentRow[]; of: number }> {
  const text = await textOf(store, id);
  const needle = query.trim().toLowerCase();
  if (!text.indexed) {
    const { name, formats, characters, bytes } = text;
    const row = { place: 0, file: name, format: formats[0]!, title: name, characters, bytes, isOut: false };
    const candidates = name.toLowerCase().includes(needle) ? [row] : [];
    return { rows: candidates.slice(from, from + count), of: candidates.length };
  }
  const excluded = new Set(text.leftOut?.places);
  const labelNow = text.labelled && labelsNow(text);
  let lastFile: DocumentBlock['files'][number] | undefined;
  const rowsOf = (block: DocumentBlock): DocumentRow[] => {
    let nextFile = 0;
    return block.title.map((title, i) => {
      const place = block.from + i;
      while (block.files[nextFile] && block.files[nextFile]!.at <= place) lastFile = block.files[nextFile++];
      const { name: file = text.name, format = text.formats[0]! } = lastFile ?? {};
      const label = labelNow?.(place, block.fields?.['label']?.[i] ?? '');
      const [characters, bytes] = [block.characters[i]!, block.bytes[i]!];
      const isOut = excluded.has(place);
      return { place, file, format, title, characters, bytes, isOut, ...(label !== undefined && { label }) };
    });
  };
  const rows: DocumentRow[] = [];
  if (needle === '') {
    for (let index = Math.floor(from / BLOCK); index * BLOCK < Math.min(from + count, text.documents); index++) {
      const candidates = rowsOf(await readBlock(store, text, index));
      rows.push(...candidates.filter(({ place }) => place >= from && place < from + count));
    }
    return { rows, of: text.documents };
  }
  for await (const block of blocksOf(store, text)) {
    rows.push(...rowsOf(block).filter((row) => searchText(row, text).includes(needle)));
  }
  return { rows: rows.slice(from, from + count), of: rows.length };
}

/** Searched text of a row; includes the file's name if there are several files. */
const searchText = ({ file, title }: DocumentRow, { name }: TextRecord): string =>
  (file === name ? title : `${file}\n${title}`).toLowerCase();

/** Start of a document, and facts about its file. */
export interface DocumentStart {
  title: string;
  start: string;
  characters: number;
  sha256: string;
  /** Format of its file. */
  format: ReadFile['format'];
  notes: readonly string[];
}

/** Returns the first `characters` of a document, also of one that is left out. */
export async function previewDocument(
  store: BlobStore,
  id: string,
  place: number,
  characters: number,
): Promise<DocumentStart> {
  const text = await textOf(store, id);
  const chunks = chunksOf(store, text);
  if (!text.indexed) {
    const { name: title, sha256, notes, formats } = text;
    return {
      title,
      sha256,
      format: formats[0]!,
      notes,
      characters: text.characters,
      start: await startOf(singleDocument(text, chunks), characters),
    };
  }
  let offset = 0;
  let file: DocumentBlock['files'][number] | undefined;
  for await (const block of blocksOf(store, text)) {
    file = block.files.findLast((candidate) => candidate.at <= place) ?? file;
    const index = place - block.from;
    if (index >= block.bytes.length) {
      offset += sum(block.bytes);
      continue;
    }
    const document = documentsOfBlock(text, block, chunks)(index, offset + sum(block.bytes.slice(0, index)));
    return {
      title: block.title[index]!,
      start: await startOf(document, characters),
      characters: document.characters,
      sha256: document.sha256,
      format: file?.format ?? text.formats[0]!,
      notes: file?.notes ?? [],
    };
  }
  throw damaged(`${text.name} has no document ${place + 1}`);
}

/** Name and hash of each file of a text. The hash is of its documents' hashes, including those left out. */
export async function filesOf(
  store: BlobStore,
  text: TextRecord,
): Promise<readonly { name: string; sha256: string }[]> {
  if (!text.indexed) return [{ name: text.name, sha256: text.sha256 }];
  const fileHashes: { name: string; sha256: string }[] = [];
  let [fileHash, name] = [new HashOfMany(), text.name];
  let hasFile = false;
  const end = async (): Promise<unknown> => hasFile && fileHashes.push({ name, sha256: await fileHash.hex() });
  for await (const { from, sha256, files } of blocksOf(store, text)) {
    const namesByIndex = new Map(files.map(({ at, name }) => [at - from, name]));
    for (const [i, hash] of sha256.entries()) {
      const nextName = namesByIndex.get(i);
      if (nextName !== undefined) {
        await end();
        [fileHash, name] = [new HashOfMany(), nextName];
      }
      hasFile = true;
      await fileHash.add(hash);
    }
  }
  await end();
  return fileHashes;
}

/**
 * Chunks of a text. Caches the last one, because the next document is usually in it too. Prefetches the next one when
 * they are read in order.
 */
interface Chunks {
  /** Byte offset of each chunk, and the end of the last; unused if the lengths aren't known. */
  starts: readonly number[];
  /** Reads a chunk, or a range of its bytes. */
  read(n: number, from?: number, to?: number): Promise<string>;
}
function chunksOf(store: BlobStore, { id, name, records, chunkBytes }: TextRecord): Chunks {
  const starts = [0];
  for (const length of chunkBytes) starts.push(starts.at(-1)! + length);
  let current: LoadingChunk | undefined;
  let next: LoadingChunk | undefined;
  const load = async (index: number): Promise<Uint8Array> => {
    const chunk = await store.get(textChunkKey(id, index));
    const description = `Part ${index + 1} of ${records} of ${name}`;
    if (!(chunk instanceof Uint8Array)) throw damaged(`${description} is missing`);
    const length = chunkBytes[index] ?? chunk.length;
    if (chunk.length !== length) throw damaged(`${description} has ${chunk.length} bytes instead of ${length}`);
    return chunk;
  };
  const startLoading = (index: number): LoadingChunk => {
    const chunk = { index, bytes: load(index) };
    // A failed read rejects for its caller, and is retried the next time.
    chunk.bytes.catch(() => {
      if (current === chunk) current = undefined;
      if (next === chunk) next = undefined;
    });
    return chunk;
  };
  const chunkAt = (index: number): Promise<Uint8Array> => {
    if (current?.index === index) return current.bytes;
    const isInOrder = current?.index === index - 1;
    current = next?.index === index ? next : startLoading(index);
    next = isInOrder && index + 1 < records ? startLoading(index + 1) : undefined;
    return current.bytes;
  };
  return {
    starts,
    async read(index, from, to) {
      const bytes = (await chunkAt(index)).subarray(from, to);
      try {
        return decoder.decode(bytes);
      } catch {
        throw damaged(`Part ${index + 1} of ${records} of ${name} is not UTF-8`);
      }
    },
  };
}

interface LoadingChunk {
  index: number;
  bytes: Promise<Uint8Array>;
}

const singleDocument = (text: TextRecord, chunks: Chunks): Document => ({
  ...placeFacts(text, 0, text.name),
  sha256: text.sha256,
  characters: text.characters,
  bytes: text.bytes,
  async *chunks() {
    for (let index = 0; index < text.records; index++) yield await chunks.read(index);
  },
});

/**
 * Returns a function that builds the `i`th document of a block, which begins at byte `at` of the text. Allocates little
 * per document, because there are thousands.
 */
function documentsOfBlock(text: TextRecord, block: DocumentBlock, { starts, read }: Chunks) {
  const fields = Object.entries(block.fields ?? {});
  const spans = Object.entries(block.spans ?? {});
  // Shared by all documents, because a generator function takes 300 bytes.
  const readRange = async function* (from: number, to: number): AsyncGenerator<string> {
    for (let chunk = lastIndexUpTo(starts, from); chunk < text.records && starts[chunk]! < to; chunk++)
      yield await read(chunk, Math.max(0, from - starts[chunk]!), to - starts[chunk]!);
  };
  return (index: number, offset: number): Document => {
    const bytes = block.bytes[index]!;
    const document: Document = {
      text: text.id,
      place: block.from + index,
      title: block.title[index]!,
      sha256: block.sha256[index]!,
      characters: block.characters[index]!,
      bytes,
      chunks: () => readRange(offset, offset + bytes),
    };
    const documentFields = fields.flatMap(([name, values]) =>
      values[index] == null ? [] : [[name, values[index]] as const],
    );
    if (documentFields.length > 0) document.fields = Object.fromEntries(documentFields);
    const documentSpans = spans.flatMap(([name, values]) =>
      values[index]![1] === 0 ? [] : [[name, values[index]!] as const],
    );
    if (documentSpans.length > 0) document.spans = Object.fromEntries(documentSpans);
    return document;
  };
}

const placeFacts = ({ id }: TextRecord, place: number, title: string) => ({ text: id, place, title });

/** The first code points of a document. */
export async function startOf(document: Document, characters: number): Promise<string> {
  let text = '';
  for await (const chunk of document.chunks()) {
    text += chunk;
    // A character has at most two code units.
    if (text.length >= 2 * characters) break;
  }
  return Array.from(text.slice(0, 2 * characters))
    .slice(0, characters)
    .join('');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Last index of an ascending list whose value is at most `max`. */
function lastIndexUpTo(ascending: readonly number[], max: number): number {
  let [from, to] = [0, ascending.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! <= max) from = middle;
    else to = middle;
  }
  return from;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
