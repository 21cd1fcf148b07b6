/** Data that nobody learns from any more. */
import type { BlobStore } from '../base/blobStore';
import { readAll, readRecords } from '../base/record';
import { dropShards, readShards } from '../shards/build';
import { HEADS } from '../checkpoint/head';
import { dataId, manifestKey } from '../shards/manifest';
import { EVALUATION, EVALUATIONS } from './evaluations';
import { listProjects } from './projects';
import { listRuns, recordKey, unreadableRuns } from './record';
import { dataOf } from './segments';

/**
 * Drops data that no project and no run names: a run goes on with what it began with. While there is a run or a project that
 * cannot be read, any data may be its own, and all stays; so does data whose list cannot be read. Only while nobody makes
 * data, which no record names at first.
 */
export async function dropUnused(store: BlobStore): Promise<void> {
  await dropOrphaned(store);
  const ids = await dataIds(store);
  if (ids.length === 0 || (await isOwnerUnknown(store))) return;
  const { projects } = await listProjects(store);
  const used = new Set([
    ...projects.map(({ data }) => data && dataId(data.manifest)),
    ...(await listRuns(store)).map((run) => dataOf(run).id),
  ]);
  const { records } = await readAll(ids, async (id) => (await readShards(store, id)) && id);
  for (const id of records) if (!used.has(id)) await dropShards(store, id);
}

/** What was measured of runs of which nothing is there any more: a tab ended while one went. What cannot be read stays. */
async function dropOrphaned(store: BlobStore): Promise<void> {
  const measured = await store.keys(EVALUATIONS);
  if (measured.length === 0) return;
  const [records, heads] = await Promise.all([store.keys(recordKey('')), store.keys(HEADS)]);
  const there = new Set([...records, ...heads].map((key) => key.split('/')[1]));
  const orphaned = measured.filter((key) => !there.has(key.split('/')[1]));
  const { records: readable } = await readRecords(store, orphaned, EVALUATION);
  if (readable.size > 0) await store.commit({ drop: [...readable.keys()] });
}

export const dataIds = async (store: BlobStore): Promise<string[]> =>
  (await store.keys(manifestKey(''))).map((key) => key.slice(manifestKey('').length));

/** Whether something that cannot be read may be whose data there are. */
export const isOwnerUnknown = async (store: BlobStore): Promise<boolean> =>
  (await listProjects(store)).unreadable.length > 0 || (await unreadableRuns(store)).length > 0;
