import type { BlobStore } from '../base/blobStore';
import type { Documents } from '../base/document';
import { discardDraft, openDraft } from '../base/draft';
import { badSettings, HomegrownError } from '../base/errors';
import { sha256, sha256Hex } from '../base/hash';
import { type Job, yieldUntil } from '../base/job';
import { isUnreadable, readRecord, storedRecord } from '../base/record';
import { cutDocuments, Outline } from '../documents/cut';
import type { TextRecord } from '../documents/record';
import { checkSplit, type PartName, type Split, type SplitChoice } from '../documents/split';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { idBytes } from './ids';
import { DATA, manifestKey, type Part, type ShardManifest, shardsPrefix } from './manifest';
import { writePart } from './write';

export interface ShardSettings extends SplitChoice {
  /** Ids per shard. */
  shardLength?: number;
  /** If the documents are labeled examples, whether each has one label or several. Skips examples without a label. */
  labelKind?: TextRecord['labelled'];
}

/**
 * Tokenizes documents into the store, with `<|endoftext|>` between two documents of a part. Reads them once, then once
 * for each part. The same documents, tokenizer and settings have the same id, so existing data isn't built again.
 * Leaves nothing behind on failure or abort.
 * @throws HomegrownError `bad-settings`, `storage-full`, `in-use`; the signal's reason when stopped
 */
export async function buildShards(
  documents: Documents,
  tokenizer: Tokenizer,
  { shardLength = 2 ** 20, labelKind, ...choice }: ShardSettings,
  store: BlobStore,
  job: Job,
): Promise<ShardManifest> {
  checkSplit(choice);
  const { textHash, bytes, labels, changes, cut } = await lookAt(documents, choice, labelKind, job);
  const split: Split = { rule: cut.rule, ...choice };
  const { id, there } = await place(store, [
    textHash,
    tokenizer.hash,
    choice.validation,
    shardLength,
    ...howCut(changes, split, labelKind),
  ]);
  // An older build did not store the split, but the id implies it.
  if (there) return { ...there, split };

  // The id follows from the content, so shards without a manifest are leftovers.
  await discardDraft(store, shardsPrefix(id));
  const draft = await openDraft(store, shardsPrefix(id));
  if (!draft) throw new HomegrownError('in-use', 'Another tab is tokenizing this text.', 'Wait until it finishes.');
  try {
    const width = idBytes(tokenizer.size);
    let done = 0;
    const read = (own: number): void =>
      job.report({ label: 'Tokenizing', done: (done += own), of: bytes, unit: 'bytes' });
    const write = (name: PartName): Promise<Part> => {
      const layout = { prefix: `${shardsPrefix(id)}${name}/`, width, shardLength, labels };
      return writePart({ documents, cut, name }, tokenizer, layout, draft, read, job);
    };
    const manifest: ShardManifest = {
      version: 2,
      tokenizerHash: tokenizer.hash,
      textHash,
      vocabulary: tokenizer.size,
      width,
      shardLength,
      split,
      ...(labels.length > 0 && { labels: [...labels] }),
      parts: {
        train: await write('train'),
        validation: await write('validation'),
        ...(choice.test > 0 && { test: await write('test') }),
      },
    };
    job.signal.throwIfAborted();
    await draft.finish([[manifestKey(id), storedRecord(DATA, manifest)]]);
    return manifest;
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/** First pass over all documents, before tokenizing. @throws HomegrownError `bad-settings` if there are none */
async function lookAt(
  documents: Documents,
  choice: SplitChoice,
  labelKind: ShardSettings['labelKind'],
  { signal, report }: Job,
) {
  const outline = new Outline();
  const hash = await sha256();
  const labels = new Set<string>();
  const examples = labelKind && new (await import('../documents/labels/examples')).Examples(labelKind);
  /** Per document: 1 if it begins another text, else 0. */
  const changes: number[] = [];
  let [before, bytes]: [string | undefined, number] = [undefined, 0];
  const pause = yieldUntil(signal);
  for await (const document of documents) {
    if (outline.length % A_TURN === 0) await pause();
    const isFirst = outline.length === 0;
    hash.update(encoder.encode(isFirst ? document.sha256 : `\n${document.sha256}`));
    // The same texts with other labels are different data.
    if (examples)
      hash.update(encoder.encode(`\0${document.fields?.['label'] ?? ''}${document.trainOnly ? '\0train' : ''}`));
    changes.push(!isFirst && document.text === before ? 0 : 1);
    before = document.text;
    bytes += document.bytes;
    const label = document.fields?.['label'];
    if (label !== undefined) labels.add(label);
    outline.add(document);
    if (!examples) continue;
    await examples.add(document);
    report({ label: 'Comparing texts', done: outline.length, unit: 'texts' });
  }
  if (outline.length === 0) throw badSettings('There is no text to tokenize.', 'Choose at least one text.');
  const cut = examples ? examples.cut(outline, choice) : cutDocuments(outline, choice);
  return { textHash: hash.hex(), bytes, labels: [...labels].sort(), changes, cut };
}
/** Number of documents between pauses. */
const A_TURN = 64;
const encoder = new TextEncoder();

/**
 * Part of the id that describes the split, besides the shares. Empty for a single document without a test set. Several
 * documents each hold out their end; older builds held out the end of all together, under another id.
 */
function howCut(
  changes: readonly number[],
  { rule, test, seed }: Split,
  labelKind: ShardSettings['labelKind'],
): readonly (string | number)[] {
  const ends = changes.length > 1 ? ['eachText'] : [];
  if (rule === 'labels') return ['labels', labelKind!, seed, test];
  if (rule !== 'documents') return test > 0 ? [...ends, 'test', test] : ends;
  // The same documents grouped into other texts have another split.
  return ['documents', seed, test, changes.join('')];
}

/** @throws HomegrownError `storage-damaged`, `newer-version` */
export const readShards = (store: BlobStore, id: string): Promise<ShardManifest | undefined> =>
  readRecord(store, manifestKey(id), DATA);

export async function dropShards(store: BlobStore, id: string): Promise<void> {
  await store.commit({ drop: [manifestKey(id), ...(await store.keys(shardsPrefix(id)))] });
}

/** Id of the data, and its manifest if complete. Skips ids with an unreadable manifest. */
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
  return Object.values(parts).every(({ shards, counts, borders, fields = {}, learnt }) =>
    [...shards, counts, ...(borders ? [borders] : []), ...Object.values(fields), ...(learnt ? [learnt] : [])].every(
      ({ key }) => there.has(key),
    ),
  );
}
