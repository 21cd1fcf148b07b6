/**
 * Moves records of older builds to their current place. Every record also opens without a migration, and each step is
 * one commit, so an interruption is harmless: the next start continues with the others.
 */
import type { BlobStore, Json } from '../base/blobStore';
import type { Job } from '../base/job';
import { parseRecord, storedRecord, unlessUnreadable } from '../base/record';
import { addMissingSummaries } from '../checkpoint/overview';
import { indexText } from '../documents/indexing';
import { listTexts } from '../documents/library';
import { dataId, inlineManifest, manifestKey } from '../shards/manifest';
import { bytesOf, CURVE, CURVES } from './curve';
import { migrateProject } from './projects';
import { recordKey, RUN } from './record';
import { withoutMerges } from './tokenizer';

/**
 * Migrates the single project, then runs with inline data, then overviews of steps. Lists of documents follow, small
 * texts first, and last curves as bytes. Unreadable records stay as they are.
 * @returns number of texts that got a list of their documents
 */
export async function migrate(store: BlobStore, newId: () => string, job: Job): Promise<{ texts: number }> {
  await migrateProject(store, newId);
  for (const key of await store.keys(recordKey(''))) {
    job.signal.throwIfAborted();
    await unlessUnreadable(migrateRun(store, key));
  }
  await addMissingSummaries(store);
  const texts = await indexTexts(store, job);
  for (const key of await store.keys(CURVES)) {
    job.signal.throwIfAborted();
    await unlessUnreadable(migrateCurve(store, key));
  }
  return { texts };
}

/**
 * Upgrades a run's record, so that many runs can be listed without the merges of their tokenizers. Moves the data's
 * manifest, which records of the first build contain, to its own key.
 */
async function migrateRun(store: BlobStore, key: string): Promise<void> {
  const stored = await store.get(key);
  const { version, manifest } = (stored ?? {}) as { version?: unknown; manifest?: Json };
  if (stored === undefined || version === RUN.version) return;
  const { success, data } = inlineManifest.safeParse(manifest);
  if (success) {
    const dataKey = manifestKey(dataId(data));
    await store.commit({ put: [[dataKey, manifest!]], expect: [[dataKey, undefined]] });
  }
  const { record, put } = withoutMerges(parseRecord(stored, key, RUN));
  // A record that has changed meanwhile is migrated at the next start.
  await store.commit({ put: [...put, [key, storedRecord(RUN, record)]], expect: [[key, stored as Json]] });
}

async function migrateCurve(store: BlobStore, key: string): Promise<void> {
  const stored = await store.get(key);
  if (stored === undefined || stored instanceof Uint8Array) return;
  await store.commit({ put: [[key, bytesOf(parseRecord(stored, key, CURVE))]], expect: [[key, stored]] });
}

async function indexTexts(store: BlobStore, { report, signal }: Job): Promise<number> {
  const texts = (await listTexts(store)).filter(({ indexed }) => !indexed).sort((a, b) => a.bytes - b.bytes);
  const totalBytes = texts.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let count = 0;
  for (const { id, name } of texts) {
    const reportBytes = (bytes: number): void => {
      signal.throwIfAborted();
      done += bytes;
      report({ label: `Listing the documents of ${name}`, done, of: totalBytes, unit: 'bytes' });
    };
    if ((await unlessUnreadable(indexText(store, id, reportBytes).then(() => true))) === true) count++;
  }
  return count;
}
