/** Removes unused data and bases. */
import type { BlobStore } from '../base/blobStore';
import { readAll, readRecord, readRecords } from '../base/record';
import { BASE, baseKey, baseKeys, storedBaseHashes } from '../checkpoint/bases';
import { dropShards, readShards } from '../shards/build';
import { headKey, HEADS } from '../checkpoint/head';
import { dataId, manifestKey } from '../shards/manifest';
import { dataNamedBy } from './data';
import { EVALUATION, EVALUATIONS } from './evaluations';
import { PLAYGROUND, PLAYGROUNDS, WRITTEN, WRITTEN_TEXT } from './playground';
import { idAt, listProjects, OLD_KEY, PROJECTS } from './projects';
import { listRuns, recordKey, type RunRecord, unreadableRuns } from './record';

/**
 * Deletes data that no project or run names, and bases that no run with a saved step names. A run resumes with its
 * original ones. Unreadable runs and projects may name any, so while there are some, everything stays. Data and bases
 * with an unreadable description stay too. Don't call it while data that no record names yet is being made.
 */
export async function dropUnused(store: BlobStore): Promise<void> {
  await dropOrphaned(store);
  await dropPlaygrounds(store);
  const [ids, bases] = [await dataIds(store), await storedBaseHashes(store)];
  if (ids.length + bases.length === 0 || (await isOwnerUnknown(store))) return;
  const { projects } = await listProjects(store);
  const runs = await listRuns(store);
  const used = new Set([
    ...projects.map(({ data }) => data && dataId(data.manifest)),
    ...runs.flatMap((run) => dataNamedBy(run)),
  ]);
  const { records } = await readAll(ids, async (id) => (await readShards(store, id)) && id);
  for (const id of records) if (!used.has(id)) await dropShards(store, id);
  await dropBases(store, bases, await basesNamed(store, runs));
}

/** Bases of runs that have a saved step or are starting; a run whose steps were freed needs none. */
export async function basesNamed(store: BlobStore, runs: readonly RunRecord[]): Promise<ReadonlySet<string>> {
  const heads = new Set(await store.keys(HEADS));
  return new Set(
    runs.flatMap(({ id, status, base }) =>
      base !== undefined && (status === 'running' || heads.has(headKey(id))) ? [base] : [],
    ),
  );
}

/** Also deletes bases that only have chunks, left by a tab that closed. */
async function dropBases(
  store: BlobStore,
  storedHashes: readonly string[],
  usedHashes: ReadonlySet<string>,
): Promise<void> {
  const { records } = await readAll(storedHashes, async (hash) => {
    await readRecord(store, baseKey(hash), BASE); // an unreadable one stays
    return hash;
  });
  for (const hash of records) if (!usedHashes.has(hash)) await store.commit({ drop: await baseKeys(store, hash) });
}

/** Evaluations of runs that no longer exist, left by a tab that closed while removing one. Unreadable ones stay. */
async function dropOrphaned(store: BlobStore): Promise<void> {
  const evaluationKeys = await store.keys(EVALUATIONS);
  if (evaluationKeys.length === 0) return;
  const [records, heads] = await Promise.all([store.keys(recordKey('')), store.keys(HEADS)]);
  const runIds = new Set([...records, ...heads].map((key) => key.split('/')[1]));
  const orphaned = evaluationKeys.filter((key) => !runIds.has(key.split('/')[1]));
  const { records: readable } = await readRecords(store, orphaned, EVALUATION);
  if (readable.size > 0) await store.commit({ drop: [...readable.keys()] });
}

/** Playground settings of deleted projects that another tab saved after the purge. Unreadable ones stay. */
async function dropPlaygrounds(store: BlobStore): Promise<void> {
  const projectIds = new Set([...(await store.keys(PROJECTS)), ...(await store.keys(OLD_KEY))].map(idAt));
  const orphaned = async (prefix: string) =>
    (await store.keys(prefix)).filter((key) => !projectIds.has(key.slice(prefix.length)));
  const settings = await readRecords(store, await orphaned(PLAYGROUNDS), PLAYGROUND);
  const written = await readRecords(store, await orphaned(WRITTEN), WRITTEN_TEXT);
  const drop = [...settings.records.keys(), ...written.records.keys()];
  if (drop.length > 0) await store.commit({ drop });
}

export const dataIds = async (store: BlobStore): Promise<string[]> =>
  (await store.keys(manifestKey(''))).map((key) => key.slice(manifestKey('').length));

/** Whether data may belong to an unreadable record. */
export const isOwnerUnknown = async (store: BlobStore): Promise<boolean> =>
  (await listProjects(store)).unreadable.length > 0 || (await unreadableRuns(store)).length > 0;
