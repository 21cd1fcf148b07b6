import type { BlobStore } from '../base/blobStore';
import { type Draft, openDraft } from '../base/draft';
import { badFile, HomegrownError } from '../base/errors';
import { sha256, sha256Hex, type Sha256 } from '../base/hash';
import { yieldToEventLoop, type Job } from '../base/job';
import { formatCount } from '../base/units';
import { countCharacters } from '../base/utf8';
import { listTexts, textChunkKey, textChunksPrefix, textKey, type TextRecord } from './library';
import { FORMATS, formatOf } from './read';
import { inChunks } from './chunks';

/** Something to read: a file of the browser or of the terminal, a paste, a bundled sample. */
export interface TextSource {
  name: string;
  /** In bytes, as told before reading; 0 where it is not known. */
  size: number;
  stream(): AsyncIterable<Uint8Array>;
}
export type ImportOutcome = { kind: 'added'; text: TextRecord } | { kind: 'duplicate'; of: TextRecord };

/**
 * Reads a file into the store, chunk by chunk, so that memory stays bounded whatever its size. It is in the list of
 * texts when, and only when, all of it is stored; on a failure or a stop what was written is dropped. A file whose bytes
 * are there already is not added again.
 * @throws HomegrownError `bad-file`, `storage-full`; the signal's reason when stopped
 */
export async function importText(
  source: TextSource,
  store: BlobStore,
  { addedAt, licence = null }: { addedAt: number; licence?: string | null },
  job: Job,
): Promise<ImportOutcome> {
  const { id, draft } = await begin(store, source, addedAt);
  try {
    const text: TextRecord = { id, addedAt, licence, removed: false, ...(await write(id, source, draft, job)) };
    const of = (await listTexts(store)).find(({ sha256 }) => sha256 === text.sha256);
    job.signal.throwIfAborted();
    if (of) await draft.discard();
    else await draft.finish([[textKey(id), text]]);
    return of ? { kind: 'duplicate', of } : { kind: 'added', text };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** An id of its own for the text, and a draft of its chunks. */
async function begin(
  store: BlobStore,
  { name, size }: TextSource,
  addedAt: number,
): Promise<{ id: string; draft: Draft }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify([name, size, addedAt, attempt]))).slice(0, 16);
    const draft = await openDraft(store, textChunksPrefix(id));
    if (draft) return { id, draft };
  }
}

type Read = Omit<TextRecord, 'id' | 'addedAt' | 'licence' | 'removed'>;

async function write(id: string, source: TextSource, draft: Draft, job: Job): Promise<Read> {
  const { name } = source;
  const notes: string[] = [];
  const hash = await sha256();
  const format = formatOf(name);
  const seen = { bytes: 0 };
  const file = { name, bytes: watched(source, hash, seen, job), note: (sentence: string) => void notes.push(sentence) };

  const encoder = new TextEncoder();
  let [records, characters, bytes, hasText] = [0, 0, 0, false];
  let batch: [string, Uint8Array][] = [];
  let batchBytes = 0;
  const flush = async (): Promise<void> => {
    await draft.put(batch);
    [batch, batchBytes] = [[], 0];
  };
  for await (const chunk of inChunks(FORMATS[format].read(file))) {
    const encoded = encoder.encode(chunk);
    batch.push([textChunkKey(id, records++), encoded]);
    batchBytes += encoded.length;
    characters += countCharacters(chunk);
    bytes += encoded.length;
    hasText ||= /\S/.test(chunk);
    if (batchBytes >= MOST_BYTES_A_COMMIT) await flush();
  }
  if (seen.bytes === 0) throw badFile(`${name} is empty.`, 'Choose a file that holds text.');
  if (!hasText) {
    const content = characters === 0 ? 'no text' : `nothing but white space (${formatCount(characters)} characters)`;
    throw badFile(`${name} holds ${content}.`, 'Choose a file that holds text.');
  }
  await flush();
  return { name, sha256: hash.hex(), size: seen.bytes, characters, bytes, records, format, notes };
}

const MOST_BYTES_A_COMMIT = 8 * 2 ** 20;

/** The source's bytes: hashed, counted, and with turns of the event loop between. */
async function* watched(
  source: TextSource,
  hash: Sha256,
  seen: { bytes: number },
  job: Job,
): AsyncGenerator<Uint8Array> {
  const { name, size } = source;
  const report = (): void =>
    job.report({ label: `Reading ${name}`, done: seen.bytes, ...(size > 0 && { of: size }), unit: 'bytes' });
  let sinceTurn = 0;
  try {
    for await (const chunk of source.stream()) {
      hash.update(chunk);
      seen.bytes += chunk.length;
      sinceTurn += chunk.length;
      yield chunk;
      if (sinceTurn < BYTES_A_TURN) continue;
      sinceTurn = 0;
      report();
      await yieldToEventLoop();
      job.signal.throwIfAborted();
    }
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof HomegrownError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw badFile(
      `${name} could not be read beyond byte ${formatCount(seen.bytes)}: ${reason}`,
      'Nothing was added. The file may have changed or moved: choose it again.',
    );
  }
  report();
  job.signal.throwIfAborted();
}
const BYTES_A_TURN = 2 ** 20;
