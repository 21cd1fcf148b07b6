/**
 * Brings what older builds stored to where this one keeps it. Every record opens without that, so whatever stops it in the
 * middle costs nothing: what it has done is done, each in one commit, and the next start goes on with the rest.
 */
import type { BlobStore, Json } from '../base/blobStore';
import type { Job } from '../base/job';
import { isUnreadable } from '../base/record';
import { indexText } from '../documents/indexing';
import { listTexts } from '../documents/library';
import { dataId, inlineManifest, manifestKey } from '../shards/manifest';
import { migrateProject } from './projects';
import { recordKey } from './record';

/**
 * The one project, then data that only a run describes, then the lists of documents, of small texts first. What cannot be
 * read stays as it is.
 * @returns how many texts were given a list of their documents
 */
export async function migrate(store: BlobStore, newId: () => string, job: Job): Promise<{ texts: number }> {
  await migrateProject(store, newId);
  await keepData(store);
  return { texts: await indexTexts(store, job) };
}

/** A run of an older build holds the list of its data itself: it is put where lists of data are, if it is not there. */
async function keepData(store: BlobStore): Promise<void> {
  for (const key of await store.keys(recordKey(''))) {
    const record = await unlessUnreadable(store.get(key));
    const manifest = (record as { manifest?: Json } | null | undefined)?.manifest;
    const { success, data } = inlineManifest.safeParse(manifest);
    if (!success) continue;
    const at = manifestKey(dataId(data));
    await store.commit({ put: [[at, manifest!]], expect: [[at, undefined]] });
  }
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

/** What cannot be read is told by the list of all that cannot. */
const unlessUnreadable = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });
