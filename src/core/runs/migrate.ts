/**
 * Moves records of older builds to their current place. Every record also opens without that, so an interruption is harmless:
 * each step is one commit, and the next start continues with the others.
 */
import type { BlobStore, Json } from '../base/blobStore';
import type { Job } from '../base/job';
import { parseRecord, storedRecord, unlessUnreadable } from '../base/record';
import { tellSteps } from '../checkpoint/overview';
import { indexText } from '../documents/indexing';
import { listTexts } from '../documents/library';
import { dataId, inlineManifest, manifestKey } from '../shards/manifest';
import { bytesOf, CURVE, CURVES } from './curve';
import { migrateProject } from './projects';
import { recordKey, RUN } from './record';
import { withoutMerges } from './tokenizer';

/**
 * The one project, then runs, with data that only they describe, what their lists do not tell of their steps, then the lists
 * of documents, of small texts first, and last curves in few points as bytes. What cannot be read stays as it is.
 * @returns how many texts were given a list of their documents
 */
export async function migrate(store: BlobStore, newId: () => string, job: Job): Promise<{ texts: number }> {
  await migrateProject(store, newId);
  for (const key of await store.keys(recordKey(''))) {
    job.signal.throwIfAborted();
    await unlessUnreadable(bringRun(store, key));
  }
  await tellSteps(store);
  const texts = await indexTexts(store, job);
  for (const key of await store.keys(CURVES)) {
    job.signal.throwIfAborted();
    await unlessUnreadable(bringCurve(store, key));
  }
  return { texts };
}

/**
 * A run as this build writes it: so that many can be listed without the merges of their tokenizers. One of the first build
 * holds the list of its data itself, which is put where lists of data are, if it is not there.
 */
async function bringRun(store: BlobStore, key: string): Promise<void> {
  const stored = await store.get(key);
  const { version, manifest } = (stored ?? {}) as { version?: unknown; manifest?: Json };
  if (stored === undefined || version === RUN.version) return;
  const { success, data } = inlineManifest.safeParse(manifest);
  if (success) {
    const at = manifestKey(dataId(data));
    await store.commit({ put: [[at, manifest!]], expect: [[at, undefined]] });
  }
  const { record, put } = withoutMerges(parseRecord(stored, key, RUN));
  // One that has changed meanwhile is brought at the next start.
  await store.commit({ put: [...put, [key, storedRecord(RUN, record)]], expect: [[key, stored as Json]] });
}

async function bringCurve(store: BlobStore, key: string): Promise<void> {
  const stored = await store.get(key);
  if (stored === undefined || stored instanceof Uint8Array) return;
  await store.commit({ put: [[key, bytesOf(parseRecord(stored, key, CURVE))]], expect: [[key, stored]] });
}

async function indexTexts(store: BlobStore, { report, signal }: Job): Promise<number> {
  const texts = (await listTexts(store)).filter(({ indexed }) => !indexed).sort((a, b) => a.bytes - b.bytes);
  const of = texts.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let count = 0;
  for (const { id, name } of texts) {
    const read = (bytes: number): void => {
      signal.throwIfAborted();
      done += bytes;
      report({ label: `Listing the documents of ${name}`, done, of, unit: 'bytes' });
    };
    if ((await unlessUnreadable(indexText(store, id, read).then(() => true))) === true) count++;
  }
  return count;
}
