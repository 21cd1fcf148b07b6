/** Texts to data, and what of older data may go. */
import type { BlobStore } from '../core/base/blobStore';
import type { Document } from '../core/base/document';
import { badSettings } from '../core/base/errors';
import type { Job } from '../core/base/job';
import { readAll } from '../core/base/record';
import { formatShare } from '../core/base/units';
import { measureFacts } from '../core/objectives/facts';
import { unigramDivergence } from '../core/objectives/unigram';
import { listProjects } from '../core/runs/projects';
import { listRuns, unreadableRuns } from '../core/runs/record';
import { dataOf } from '../core/runs/segments';
import { buildShards, dropShards, readShards } from '../core/shards/build';
import { dataId, manifestKey } from '../core/shards/manifest';
import { readCounts } from '../core/shards/read';
import type { SplitChoice } from '../core/documents/split';
import { documentsOf, textOf, textRef } from '../core/documents';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { DataRecord } from '../protocol/data';

export async function buildData(
  store: BlobStore,
  texts: readonly string[],
  tokenizer: Tokenizer,
  split: SplitChoice,
  job: Job,
): Promise<DataRecord> {
  const { documents, refs } = await openTexts(store, texts);
  const manifest = await buildShards(documents, tokenizer, split, store, job);
  const { train, validation, test } = manifest.parts;
  for (const [part, share] of [
    [train, split.validation],
    [validation, split.validation],
    [test, split.test],
  ] as const) {
    if (!part || part.tokens > 1) continue;
    throw badSettings(`The text is too short to hold out ${formatShare(share)} of it`, 'Add text.');
  }
  const [trainCounts, validationCounts] = await Promise.all([
    readCounts(store, manifest, 'train'),
    readCounts(store, manifest, 'validation'),
  ]);
  await dropUnused(store, dataId(manifest));
  return {
    texts: refs,
    tokenizerHash: tokenizer.hash,
    manifest,
    ...measureFacts(trainCounts, validationCounts),
    divergence: unigramDivergence(trainCounts, validationCounts),
  };
}

/** The documents of texts, by the texts' ids, and what of each text that is. */
export async function openTexts(
  store: BlobStore,
  ids: readonly string[],
): Promise<{ documents: readonly Document[]; refs: readonly string[] }> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const documents = await Promise.all(texts.map((text) => documentsOf(store, text)));
  return { documents: documents.flat(), refs: texts.map(textRef) };
}

/**
 * Drops data that is neither the newest, nor any project's or run's: a run goes on with what it began with. While there is
 * a run or a project that cannot be read, any data may be its own, and all stays; so does data whose list cannot be read.
 */
export async function dropUnused(store: BlobStore, newest: string): Promise<void> {
  const { projects, unreadable } = await listProjects(store);
  if (unreadable.length > 0 || (await unreadableRuns(store)).length > 0) return;
  const used = new Set([
    newest,
    ...projects.map(({ data }) => data && dataId(data.manifest)),
    ...(await listRuns(store)).map((run) => dataOf(run).id),
  ]);
  const ids = (await store.keys(manifestKey(''))).map((key) => key.slice(manifestKey('').length));
  const { records } = await readAll(ids, async (id) => (await readShards(store, id)) && id);
  for (const id of records) if (!used.has(id)) await dropShards(store, id);
}
