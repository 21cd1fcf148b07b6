/** A text of the store through a recipe, into another that lies beside it. */
import type { BlobStore } from '../../base/blobStore';
import { concatBytes } from '../../base/concat';
import type { Document } from '../../base/document';
import { type Draft, openDraft } from '../../base/draft';
import { sha256, sha256Hex } from '../../base/hash';
import { type Job, yieldToEventLoop } from '../../base/job';
import { isUnreadable, readRecord, storedRecord } from '../../base/record';
import { charactersIn } from '../../base/utf8';
import { blocksOf, BlockWriter } from '../blocks';
import { ChunkWriter } from '../chunks';
import { hashOf } from '../hashOf';
import { documentsOf } from '../open';
import type { ReadDocument, ReadFile } from '../readFile';
import { damaged } from '../library';
import { textChunksPrefix, textRef, type TextRecord } from '../record';
import { type Cleanable, Cleaning } from './clean';
import { passagesOf } from './passages';
import { type Recipe, recipeHash } from './recipe';
import { CLEANED, cleanedKey, type CleanedRecord, LEFT, LEFT_BLOCK, leftKey, type LeftOut } from './record';

/**
 * A text as a recipe leaves it: made where it is not there yet. The text as it was read stays as it is, and what is made is
 * there when, and only when, all of it is stored.
 * @throws HomegrownError `storage-full`, `storage-damaged`; the signal's reason when stopped
 */
export async function cleanText(
  store: BlobStore,
  text: TextRecord,
  recipe: Recipe,
  { at }: { at: number },
  job: Job,
): Promise<CleanedRecord> {
  const made = { of: text.id, ref: textRef(text), recipe: await recipeHash(recipe), madeAt: at };
  const begun = await begin(store, made);
  if ('record' in begun) return begun.record;
  const { id, draft } = begun;
  try {
    const documents = await documentsOf(store, text);
    const cleaning = await Cleaning.start(recipe, () => documents.map(cleanable), job);
    const [chunks, blocks, left] = [new ChunkWriter(id, draft), new BlockWriter(id), [] as LeftOut[]];
    const files = await filesOf(store, text);
    let file = -1;
    let own: ReadDocument[] = [];
    const end = (): void => {
      if (own.length > 0) blocks.add({ ...files[file]!.file, documents: own });
      own = [];
    };
    for (const [i, document] of documents.entries()) {
      const { place = i, title = text.name, sha256, fields } = document;
      for (; files[file + 1] && files[file + 1]!.at <= place; file++) end();
      const cleaned = await cleaning.clean(cleanable(document));
      if (cleaned.isOut) {
        const { step, reason, scores } = cleaned;
        const rule = step === null ? null : cleaning.tallies[step]!.rule;
        left.push({ place, name: files[file]!.file.name, title, sha256, rule, reason, scores: { ...scores } });
      } else {
        const written = await write(cleaned.passages, chunks, document.spans !== undefined);
        own.push({ title, ...written, ...(fields && { fields }) });
      }
      if (i % A_TURN !== 0) continue;
      job.report({ label: 'Cleaning', done: i, of: documents.length, unit: 'documents' });
      await yieldToEventLoop();
      job.signal.throwIfAborted();
    }
    end();
    await chunks.end();
    const { hashes, characters, bytes } = blocks;
    const cleaned: TextRecord = {
      ...text,
      id,
      projects: [],
      sha256: await hashOf(hashes),
      characters,
      bytes,
      records: chunks.lengths.length,
      chunkBytes: chunks.lengths,
      documents: hashes.length,
      indexed: true,
      leftOut: null,
      addedAt: at,
    };
    const record: CleanedRecord = {
      version: 1,
      id,
      ...made,
      text: hashes.length > 0 ? cleaned : null,
      documents: documents.length,
      left: left.length,
      tallies: cleaning.tallies.map((tally) => ({ ...tally })),
    };
    const lists = Array.from({ length: Math.ceil(left.length / LEFT_BLOCK) }, (_, n) => {
      const documents = left.slice(n * LEFT_BLOCK, (n + 1) * LEFT_BLOCK);
      return [leftKey(id, n), storedRecord(LEFT, { version: 1, documents })] as const;
    });
    await draft.finish([...blocks.records(), ...lists, [cleanedKey(id), storedRecord(CLEANED, record)]]);
    return record;
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** What it left out, in the order of the text, a block at a time. @throws HomegrownError `storage-damaged`, `newer-version` */
export async function* leftOutOf(store: BlobStore, { id, left }: CleanedRecord): AsyncGenerator<LeftOut> {
  for (let n = 0; n * LEFT_BLOCK < left; n++) {
    const block = await readRecord(store, leftKey(id, n), LEFT);
    if (!block) throw damaged(`Part ${n + 1} of what was left out is missing`);
    yield* block.documents;
  }
}
const A_TURN = 64;

/** Its passages; of a pair its input and its target. */
function cleanable(document: Document): Cleanable {
  const { title = '', sha256, fields = {}, spans } = document;
  const { language, code } = fields;
  const facts = { title, sha256, ...(language && { language }), ...(code && { code }) };
  if (!spans) return { ...facts, passages: () => passagesOf(document.chunks()) };
  return {
    ...facts,
    isPair: true,
    async *passages() {
      const pieces: Uint8Array[] = [];
      for await (const chunk of document.chunks()) pieces.push(encoder.encode(chunk));
      const bytes = concatBytes(pieces);
      for (const name of ['input', 'target'] as const) yield utf8.decode(bytes.subarray(...spans[name]!));
    },
  };
}
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** @param isPair of two passages, between which is a line end */
async function write(
  passages: AsyncIterable<string> | readonly string[],
  chunks: ChunkWriter,
  isPair: boolean,
): Promise<Omit<ReadDocument, 'title' | 'fields'>> {
  const hash = await sha256();
  let [bytes, characters] = [0, 0];
  const put = async (text: string): Promise<readonly [number, number]> => {
    const from = bytes;
    const utf8 = await chunks.write(text);
    hash.update(utf8);
    bytes += utf8.length;
    characters += charactersIn(utf8);
    return [from, bytes];
  };
  const places: (readonly [number, number])[] = [];
  for await (const passage of passages) {
    if (isPair && places.length > 0) await put('\n');
    const place = await put(passage);
    if (isPair) places.push(place);
  }
  const [input, target] = places;
  return { sha256: hash.hex(), bytes, characters, ...(target && { spans: { input: input!, target } }) };
}

async function filesOf(
  store: BlobStore,
  text: TextRecord,
): Promise<readonly { at: number; file: Omit<ReadFile, 'documents'> }[]> {
  const { name, size, formats, notes } = text;
  if (!text.indexed) return [{ at: 0, file: { name, size, format: formats[0]!, notes } }];
  const files: { at: number; file: Omit<ReadFile, 'documents'> }[] = [];
  for await (const block of blocksOf(store, text))
    for (const { at, columns, ...file } of block.files)
      files.push({ at, file: { ...file, ...(columns && { columns }) } });
  return files;
}

/** The record of what was made so before; else an id of its own, and a draft of all that lies with it. */
async function begin(
  store: BlobStore,
  { ref, recipe }: Pick<CleanedRecord, 'ref' | 'recipe'>,
): Promise<{ record: CleanedRecord } | { id: string; draft: Draft }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify([ref, recipe, attempt]))).slice(0, 16);
    try {
      const record = await readRecord(store, cleanedKey(id), CLEANED);
      if (record) return { record };
    } catch (error) {
      // It stays, and another is made.
      if (!isUnreadable(error)) throw error;
      continue;
    }
    const draft = await openDraft(store, textChunksPrefix(id));
    if (draft) return { id, draft };
  }
}
