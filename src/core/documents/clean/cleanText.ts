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
import { Cleaning } from './clean';
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
  const read = asRead(text);
  const hash = await recipeHash(recipe);
  const before = await madeBefore(store, text.id, hash);
  if (before) return before;
  const { id, draft } = await begin(store, [text.id, hash, at]);
  const start = recipe.steps.some(({ isOn }) => isOn) ? startCleaners : noCleaners;
  const { cleaners, end: endCleaners } = await start(text.bytes);
  try {
    const aside = new SpillFile(store, draft, `${textChunksPrefix(id)}aside/`, job.signal);
    const cleaning = await Cleaning.start(recipe, (label) => watched(store, read, label, job), aside, job, cleaners);
    const [chunks, blocks, left] = [new ChunkWriter(id, draft), new BlockWriter(id, draft), new LeftWriter(id, draft)];
    const documents = inFiles(store, read);
    let file: ReadFile | undefined;
    let [i, asRead] = [0, 0];
    for await (const cleaned of cleaning.cleaned()) {
      const { document, file: own } = (await documents.next()).value as InFile;
      const { place = i, title = text.name, sha256, fields } = document;
      if (file && file !== own) blocks.end(file);
      file = own;
      if (cleaned.isOut) {
        const { step, reason, scores } = cleaned;
        const rule = step === null ? null : cleaning.tallies[step]!.rule;
        await left.add({ place, name: file.name, title, sha256, rule, reason, scores: { ...scores } });
      } else {
        const { passages, changes } = cleaned;
        const isAsRead = (): boolean => changes.every(({ places }) => places === 0);
        // Whether a long document changed is known only after its last passage, so it's hashed anyway.
        const ofText = Array.isArray(passages) && isAsRead() ? undefined : await hashFor(document.bytes);
        const written = await write(passages, chunks, document.spans !== undefined, ofText);
        const after = ofText?.hex();
        if (isAsRead()) asRead++;
        const hash = after === undefined || isAsRead() ? sha256 : await hashWith(document, after);
        await blocks.add({ title, ...written, sha256: hash, ...(fields && { fields }) });
      }
      i++;
    }
    if (file) blocks.end(file);
    await chunks.end();
    await blocks.finish();
    await left.finish();
    // An unchanged text keeps its hash.
    const sha256 = asRead === i ? text.sha256 : await blocks.hash();
    const cleaned = cleanedText(read, { id, sha256, addedAt: at, chunks, blocks });
    const record: CleanedRecord = {
      version: 1,
      id,
      of: text.id,
      recipe: { ...recipe },
      hash,
      text: blocks.documents > 0 ? cleaned : null,
      documents: i,
      left: left.count,
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

/** Record of the cleaned text, which belongs to no project. */
const cleanedText = (
  original: TextRecord,
  made: Pick<TextRecord, 'id' | 'sha256' | 'addedAt'> & { chunks: ChunkWriter; blocks: BlockWriter },
): TextRecord => {
  const { chunks, blocks, ...own } = made;
  const { documents, characters, bytes } = blocks;
  return {
    ...original,
    ...own,
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
  const put = async (text: string | Uint8Array): Promise<readonly [number, number]> => {
    const from = bytes;
    const utf8 = await chunks.write(text);
    hash?.update(utf8);
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
  return { bytes, characters, ...(target && { spans: { input: input!, target } }) };
}

type InFile = { document: Document; file: ReadFile };

/** Writes the list of removed documents, block by block. */
class LeftWriter {
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
    const n = Math.ceil(this.count / LEFT_BLOCK) - 1;
    await this.draft.put([[leftKey(this.id, n), storedRecord(LEFT, { version: 1, documents: this.rows })]]);
    this.rows = [];
  }
}

/** A complete result of the same recipe, if it is stored. */
async function madeBefore(store: BlobStore, of: string, hash: string): Promise<CleanedRecord | undefined> {
  const { records } = await readRecordsUnder(store, CLEANED_TEXTS, CLEANED);
  for (const record of records.values()) {
    if (record.of !== of || record.hash !== hash) continue;
    const { records: chunks = 0, documents = 0 } = record.text ?? {};
    const parts = chunks + Math.ceil(documents / BLOCK) + Math.ceil(record.left / LEFT_BLOCK);
    if ((await store.keys(textChunksPrefix(record.id))).length === parts) return record;
  }
  return undefined;
}

/** Returns a unique id, also across tabs, and a draft for its parts. */
async function begin(store: BlobStore, parts: readonly (string | number)[]): Promise<{ id: string; draft: Draft }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify([...parts, attempt]))).slice(0, 16);
    const draft = (await store.get(cleanedKey(id))) === undefined && (await openDraft(store, textChunksPrefix(id)));
    if (draft) return { id, draft };
  }
}

const hashFor = (bytes: number): Promise<Sha256> => (bytes < SHORT ? wasmSha256() : sha256Of());
const SHORT = 2 ** 16;

/** Hash of a changed row; its label and the ranges of its fields are part of it. */
const hashWith = ({ sha256, spans, fields }: Document, ofText: string): string | Promise<string> =>
  spans || fields ? sha256Hex(`${sha256}\0${ofText}`) : ofText;

/** Documents as rules see them, in order. Reports progress, and can stop between two chunks. */
async function* watched(store: BlobStore, text: TextRecord, label: string, job: Job): AsyncGenerator<Cleanable> {
  const of = text.bytes;
  let [before, reported] = [0, -A_REPORT];
  const tell = (done: number): void => {
    if (done - reported < A_REPORT) return;
    reported = done;
    job.report({ label, done, of, unit: 'bytes' });
  };
  for await (const document of documentsIn(store, text)) {
    const { bytes, characters } = document;
    const start = before;
    const chunks = async function* (): AsyncGenerator<string> {
      let isFirst = true;
      for await (const chunk of document.chunks()) {
        job.signal.throwIfAborted();
        if (!isFirst) await yieldToEventLoop();
        isFirst = false;
        yield chunk;
      }
    };
    const seen = (units: number, pass: number, of: number): void =>
      tell(start + Math.floor((bytes * (pass + Math.min(1, units / characters))) / of));
    before += bytes;
    yield { ...cleanable({ ...document, chunks }), seen, done: () => tell(start + bytes) };
  }
}
/** Bytes between progress reports. */
const A_REPORT = 2 ** 18;
