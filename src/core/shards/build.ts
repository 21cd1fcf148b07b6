import type { BlobStore } from '../base/blobStore';
import type { Document } from '../base/document';
import { discardDraft, type Draft, openDraft } from '../base/draft';
import { badSettings, HomegrownError } from '../base/errors';
import { sha256Hex } from '../base/hash';
import type { Job } from '../base/job';
import { isUnreadable, readRecord, storedRecord } from '../base/record';
import { chunksOf, type Segment, type Split, splitDocuments } from '../documents/split';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { idBytes, packIds } from './ids';
import { DATA, manifestKey, type Part, type ShardManifest, shardsPrefix } from './manifest';

export interface ShardSettings {
  /** Share of each text's bytes, from its end, that is held out: above 0, at most 0.5. */
  validationShare: number;
  /** Ids per shard. */
  shardLength?: number;
}

/**
 * Documents as token ids in the store, `<|endoftext|>` between two documents. The same documents, tokenizer and settings
 * have the same id: what is there already is not built again. On a failure or a stop nothing stays.
 * @throws HomegrownError `bad-settings`, `storage-full`; the signal's reason when stopped
 */
export async function buildShards(
  documents: readonly Document[],
  tokenizer: Tokenizer,
  { validationShare, shardLength = 2 ** 20 }: ShardSettings,
  store: BlobStore,
  job: Job,
): Promise<ShardManifest> {
  if (!(validationShare > 0 && validationShare <= 0.5)) {
    throw badSettings(`A held-out share of ${validationShare} is not above 0 and at most 0.5.`, 'Try 0.1.');
  }
  if (documents.length === 0) throw badSettings('There is no text to cut into tokens.', 'Choose at least one text.');
  const textHash = await sha256Hex(documents.map(({ sha256 }) => sha256).join('\n'));
  // What older builds cut of several texts is not what is asked for here, so it has another id.
  const rule = documents.length > 1 ? ['eachText'] : [];
  const { id, there } = await place(store, [textHash, tokenizer.hash, validationShare, shardLength, ...rule]);
  const split: Split = { rule: 'ends', validation: validationShare, test: 0, seed: 0 };
  // An older build did not say how it was cut: where it is says it.
  if (there) return { ...there, split };

  // The id follows from the content, so whatever lies there without a manifest is of no use.
  await discardDraft(store, shardsPrefix(id));
  const draft = await openDraft(store, shardsPrefix(id));
  if (!draft)
    throw new HomegrownError('in-use', 'Another tab is cutting this text into tokens.', 'Wait until it has finished.');
  try {
    const width = idBytes(tokenizer.size);
    const of = documents.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    const read = (bytes: number): void =>
      job.report({ label: 'Cutting into tokens', done: (done += bytes), of, unit: 'bytes' });
    const segments = splitDocuments(documents, validationShare);
    const write = (name: 'train' | 'validation'): Promise<Part> =>
      writePart(
        segments[name],
        tokenizer,
        { prefix: `${shardsPrefix(id)}${name}/`, width, shardLength },
        draft,
        read,
        job,
      );
    const manifest: ShardManifest = {
      version: 2,
      tokenizerHash: tokenizer.hash,
      textHash,
      vocabulary: tokenizer.size,
      width,
      shardLength,
      split,
      parts: { train: await write('train'), validation: await write('validation') },
    };
    job.signal.throwIfAborted();
    await draft.finish([[manifestKey(id), storedRecord(DATA, manifest)]]);
    return manifest;
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** @throws HomegrownError `storage-damaged`, `newer-version` */
export const readShards = (store: BlobStore, id: string): Promise<ShardManifest | undefined> =>
  readRecord(store, manifestKey(id), DATA);

export async function dropShards(store: BlobStore, id: string): Promise<void> {
  await store.commit({ drop: [manifestKey(id), ...(await store.keys(shardsPrefix(id)))] });
}

/** Where these data are, or are to be: not where a list lies that cannot be read, and again where shards are missing. */
async function place(
  store: BlobStore,
  content: readonly (string | number)[],
): Promise<{ id: string; there: ShardManifest | undefined }> {
  for (let attempt = 0; ; attempt++) {
    const id = (await sha256Hex(JSON.stringify(attempt === 0 ? content : [...content, attempt]))).slice(0, 16);
    try {
      const there = await readShards(store, id);
      return { id, there: there && (await isWhole(store, there, id)) ? there : undefined };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
}

async function isWhole(store: BlobStore, { parts }: ShardManifest, id: string): Promise<boolean> {
  const there = new Set(await store.keys(shardsPrefix(id)));
  return Object.values(parts).every(({ shards, counts, borders }) =>
    [...shards, counts, ...(borders ? [borders] : [])].every(({ key }) => there.has(key)),
  );
}

interface Layout {
  prefix: string;
  width: 2 | 4;
  shardLength: number;
}

async function writePart(
  segments: readonly Segment[],
  tokenizer: Tokenizer,
  { prefix, width, shardLength }: Layout,
  draft: Draft,
  read: (bytes: number) => void,
  { signal }: Job,
): Promise<Part> {
  const counts = new Uint32Array(tokenizer.size);
  const shards: { key: string; sha256: string }[] = [];
  const buffer = new Uint32Array(shardLength);
  let [filled, tokens, bytes] = [0, 0, 0];
  const put = async (key: string, content: Uint8Array): Promise<{ key: string; sha256: string }> => {
    await draft.put([[key, content]]);
    return { key, sha256: await sha256Hex(content) };
  };
  const flush = async (): Promise<void> => {
    shards.push(await put(`${prefix}${shards.length}`, packIds(buffer.subarray(0, filled), width)));
    filled = 0;
  };
  const append = async (ids: ArrayLike<number>): Promise<void> => {
    for (let i = 0; i < ids.length; i++) {
      counts[ids[i]!]! += 1;
      buffer[filled++] = ids[i]!;
      if (filled === shardLength) await flush();
    }
    tokens += ids.length;
  };
  for (const segment of segments) {
    // Less than a character of a text is nothing, and nothing has no end.
    let isBetween = tokens > 0;
    const chunks = chunksOf(segment, (length) => {
      bytes += length;
      read(length);
    });
    for await (const ids of tokenizer.encodeStream(chunks, signal)) {
      if (isBetween && ids.length > 0) await append([tokenizer.endOfText]);
      if (ids.length > 0) isBetween = false;
      await append(ids);
    }
  }
  if (filled > 0) await flush();
  return { tokens, bytes, shards, counts: await put(`${prefix}counts`, packIds(counts, 4)), borders: null };
}
