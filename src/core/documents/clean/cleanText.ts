/** Runs a recipe on a stored text and stores the result as another text. */
import type { BlobStore } from '../../base/blobStore';
import type { Document } from '../../base/document';
import { type Draft, openDraft } from '../../base/draft';
import { type Sha256, sha256 as sha256Of, sha256Hex, wasmSha256 } from '../../base/hash';
import { type Job, yieldToEventLoop } from '../../base/job';
import { readRecordsUnder, storedRecord } from '../../base/record';
import { charactersIn } from '../../base/utf8';
import { BlockWriter, type ReadDocument, type ReadFile } from '../blocks';
import { ChunkWriter } from '../chunks';
import { documentsIn, inFiles } from '../open';
import { asRead, BLOCK, textChunksPrefix, type TextRecord } from '../record';
import { SpillFile } from './spillFile';
import { type Cleaned, Cleaning } from './clean';
import { cleanable } from './cleanable';
import { noCleaners, type StartCleaners } from './workerPool';
import { type Recipe, recipeHash } from './recipe';
import {
  CLEANED,
  CLEANED_TEXTS,
  cleanedKey,
  type CleanedRecord,
  LEFT,
  LEFT_BLOCK,
  leftKey,
  type LeftOut,
} from './record';
import type { Cleanable } from './documentState';

/**
 * Cleans a text, unless the result is already stored. The original stays, and the result is stored all or nothing.
 * @param startCleaners starts workers that clean too, only if there is work; the result is the same to the bit
 * @throws HomegrownError `storage-full`, `storage-damaged`; the signal's reason when stopped
 */
export async function cleanText(
  store: BlobStore,
  text: TextRecord,
  recipe: Recipe,
  { at }: { at: number },
  job: Job,
  startCleaners: StartCleaners = noCleaners,
): Promise<CleanedRecord> {
  const original = asRead(text);
  const recipeHashHex = await recipeHash(recipe);
  const existing = await findExisting(store, text.id, recipeHashHex);
  if (existing) return existing;
  const { id, draft } = await openCleanedDraft(store, [text.id, recipeHashHex, at]);
  const startWorkers = recipe.steps.some(({ isOn }) => isOn) ? startCleaners : noCleaners;
  const { cleaners, end: endCleaners } = await startWorkers(text.bytes);
  try {
    const spillFile = new SpillFile(store, draft, `${textChunksPrefix(id)}aside/`, job.signal);
    const cleaning = await Cleaning.start(
      recipe,
      (label) => cleanableDocuments(store, original, label, job),
      spillFile,
      job,
      cleaners,
    );
    const [chunks, blocks, removedWriter] = [
      new ChunkWriter(id, draft),
      new BlockWriter(id, draft),
      new RemovedWriter(id, draft),
    ];
    const documents = inFiles(store, original);
    let file: ReadFile | undefined;
    let [index, unchangedCount] = [0, 0];
    for await (const cleaned of cleaning.cleaned()) {
      const { document, file: documentFile } = (await documents.next()).value as InFile;
      const { place = index, title = text.name, sha256 } = document;
      if (file && file !== documentFile) blocks.end(file);
      file = documentFile;
      if (cleaned.isRemoved) {
        const { step, reason, scores } = cleaned;
        const rule = step === null ? null : cleaning.tallies[step]!.rule;
        await removedWriter.add({ place, name: file.name, title, sha256, rule, reason, scores: { ...scores } });
      } else if (await writeKept(cleaned, { ...document, title }, chunks, blocks)) unchangedCount++;
      index++;
    }
    if (file) blocks.end(file);
    await chunks.end();
    await blocks.finish();
    await removedWriter.finish();
    // An unchanged text keeps its hash.
    const sha256 = unchangedCount === index ? text.sha256 : await blocks.hash();
    const cleaned = cleanedText(original, { id, sha256, addedAt: at, chunks, blocks });
    const record: CleanedRecord = {
      version: 1,
      id,
      of: text.id,
      recipe: { ...recipe },
      hash: recipeHashHex,
      text: blocks.documents > 0 ? cleaned : null,
      documents: index,
      left: removedWriter.count,
      tallies: cleaning.tallies.map((tally) => ({ ...tally })),
      madeAt: at,
    };
    await draft.finish([[cleanedKey(id), storedRecord(CLEANED, record)]]);
    return record;
  } catch (error) {
    await draft.discard();
    throw error;
  } finally {
    await endCleaners();
  }
}

/** Writes a kept document. @returns whether cleaning left it unchanged */
async function writeKept(
  { passages, changes }: Extract<Cleaned, { isRemoved: false }>,
  document: Document & { title: string },
  chunks: ChunkWriter,
  blocks: BlockWriter,
): Promise<boolean> {
  const { title, sha256, fields } = document;
  const isUnchanged = (): boolean => changes.every(({ places }) => places === 0);
  // Whether a long document changed is known only after its last passage, so it's hashed anyway.
  const textHasher = Array.isArray(passages) && isUnchanged() ? undefined : await openHasher(document.bytes);
  const written = await write(passages, chunks, document.spans !== undefined, textHasher);
  const newTextHash = textHasher?.hex();
  const newHash = newTextHash === undefined || isUnchanged() ? sha256 : await hashOfChanged(document, newTextHash);
  await blocks.add({ title, ...written, sha256: newHash, ...(fields && { fields }) });
  return isUnchanged();
}

/** Record of the cleaned text, which belongs to no project. */
const cleanedText = (
  original: TextRecord,
  parts: Pick<TextRecord, 'id' | 'sha256' | 'addedAt'> & { chunks: ChunkWriter; blocks: BlockWriter },
): TextRecord => {
  const { chunks, blocks, ...identity } = parts;
  const { documents, characters, bytes } = blocks;
  return {
    ...original,
    ...identity,
    projects: [],
    characters,
    bytes,
    records: chunks.lengths.length,
    chunkBytes: chunks.lengths,
    documents,
    indexed: true,
  };
};

/** @param isPair writes a line break between the two passages  @param hash updated with the written bytes */
async function write(
  passages: AsyncIterable<string | Uint8Array> | readonly string[],
  chunks: ChunkWriter,
  isPair: boolean,
  hash: Sha256 | undefined,
): Promise<Omit<ReadDocument, 'title' | 'fields' | 'sha256'>> {
  let [bytes, characters] = [0, 0];
  const append = async (text: string | Uint8Array): Promise<readonly [number, number]> => {
    const start = bytes;
    const utf8 = await chunks.write(text);
    hash?.update(utf8);
    bytes += utf8.length;
    characters += charactersIn(utf8);
    return [start, bytes];
  };
  const ranges: (readonly [number, number])[] = [];
  for await (const passage of passages) {
    if (isPair && ranges.length > 0) await append('\n');
    const range = await append(passage);
    if (isPair) ranges.push(range);
  }
  const [input, target] = ranges;
  return { bytes, characters, ...(target && { spans: { input: input!, target } }) };
}

type InFile = { document: Document; file: ReadFile };

/** Writes the list of removed documents, block by block. */
class RemovedWriter {
  count = 0;
  private rows: LeftOut[] = [];
  constructor(
    private readonly id: string,
    private readonly draft: Draft,
  ) {}

  async add(document: LeftOut): Promise<void> {
    this.rows.push(document);
    this.count++;
    if (this.rows.length === LEFT_BLOCK) await this.finish();
  }
  async finish(): Promise<void> {
    if (this.rows.length === 0) return;
    const block = Math.ceil(this.count / LEFT_BLOCK) - 1;
    await this.draft.put([[leftKey(this.id, block), storedRecord(LEFT, { version: 1, documents: this.rows })]]);
    this.rows = [];
  }
}

/** A complete result of the same recipe, if it is stored. */
async function findExisting(store: BlobStore, originalId: string, hash: string): Promise<CleanedRecord | undefined> {
  const { records } = await readRecordsUnder(store, CLEANED_TEXTS, CLEANED);
  for (const record of records.values()) {
    if (record.of !== originalId || record.hash !== hash) continue;
    const { records: chunks = 0, documents = 0 } = record.text ?? {};
    const expectedKeys = chunks + Math.ceil(documents / BLOCK) + Math.ceil(record.left / LEFT_BLOCK);
    if ((await store.keys(textChunksPrefix(record.id))).length === expectedKeys) return record;
  }
  return undefined;
}

/** Returns a unique id, also across tabs, and a draft for its parts. */
async function openCleanedDraft(
  store: BlobStore,
  idParts: readonly (string | number)[],
): Promise<{ id: string; draft: Draft }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify([...idParts, attempt]))).slice(0, 16);
    const draft = (await store.get(cleanedKey(id))) === undefined && (await openDraft(store, textChunksPrefix(id)));
    if (draft) return { id, draft };
  }
}

const openHasher = (bytes: number): Promise<Sha256> => (bytes < MAX_SHORT_BYTES ? wasmSha256() : sha256Of());
const MAX_SHORT_BYTES = 2 ** 16;

/** Hash of a changed row; its label and the ranges of its fields are part of it. */
const hashOfChanged = ({ sha256, spans, fields }: Document, textHash: string): string | Promise<string> =>
  spans || fields ? sha256Hex(`${sha256}\0${textHash}`) : textHash;

/** Documents as rules see them, in order. Reports progress, and can stop between two chunks. */
async function* cleanableDocuments(
  store: BlobStore,
  text: TextRecord,
  label: string,
  job: Job,
): AsyncGenerator<Cleanable> {
  const totalBytes = text.bytes;
  let [bytesBefore, reported] = [0, -REPORT_EVERY_BYTES];
  const report = (done: number): void => {
    if (done - reported < REPORT_EVERY_BYTES) return;
    reported = done;
    job.report({ label, done, of: totalBytes, unit: 'bytes' });
  };
  for await (const document of documentsIn(store, text)) {
    const { bytes, characters } = document;
    const start = bytesBefore;
    const chunks = async function* (): AsyncGenerator<string> {
      let isFirst = true;
      for await (const chunk of document.chunks()) {
        job.signal.throwIfAborted();
        if (!isFirst) await yieldToEventLoop();
        isFirst = false;
        yield chunk;
      }
    };
    const onRead = (units: number, pass: number, totalBytes: number): void =>
      report(start + Math.floor((bytes * (pass + Math.min(1, units / characters))) / totalBytes));
    bytesBefore += bytes;
    yield { ...cleanable({ ...document, chunks }), onRead, onDone: () => report(start + bytes) };
  }
}
/** Bytes between progress reports. */
const REPORT_EVERY_BYTES = 2 ** 18;
