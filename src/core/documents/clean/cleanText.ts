/** A text of the store through a recipe, into another that lies beside it. */
import type { BlobStore } from '../../base/blobStore';
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
import { asRead, textChunksPrefix, type TextRecord } from '../record';
import { Cleaning } from './clean';
import { cleanable } from './cleanable';
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
  const read = asRead(text);
  const hash = await recipeHash(recipe);
  const begun = await begin(store, text.id, hash);
  if ('record' in begun) return begun.record;
  const { id, draft } = begun;
  try {
    const documents = await documentsOf(store, read);
    const cleaning = await Cleaning.start(recipe, () => documents.map((document) => cleanable(document)), job);
    const [chunks, blocks, left] = [new ChunkWriter(id, draft), new BlockWriter(id), [] as LeftOut[]];
    const files = await filesOf(store, read);
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
      ...read,
      id,
      projects: [],
      sha256: await hashOf(hashes),
      characters,
      bytes,
      records: chunks.lengths.length,
      chunkBytes: chunks.lengths,
      documents: hashes.length,
      indexed: true,
      addedAt: at,
    };
    const record: CleanedRecord = {
      version: 1,
      id,
      of: text.id,
      recipe: { ...recipe },
      hash,
      text: hashes.length > 0 ? cleaned : null,
      documents: documents.length,
      left: left.length,
      tallies: cleaning.tallies.map((tally) => ({ ...tally })),
      madeAt: at,
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

const A_TURN = 64;

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
  of: string,
  recipe: string,
): Promise<{ record: CleanedRecord } | { id: string; draft: Draft }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify([of, recipe, attempt]))).slice(0, 16);
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
