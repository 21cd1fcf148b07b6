/** Record of a run: its settings, origin and progress, without tensors. */
import { z } from '../base/zod';
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { changeRecord, type Kind, readAll, readRecord, readRecordsUnder, type Unreadable } from '../base/record';
import { snapshotKeys } from '../checkpoint/checkpoint';
import { NO_OWNER, type Owner } from '../documents/library';
import { HEADS } from '../checkpoint/head';
import { curveKey } from './curve';
import { evaluationsOf } from './evaluations';
import { journalKey } from './journal';
import { newestFirst } from './lineage';
import { HUES, storedShape } from './runFields';
import type { Segment } from './segments';
import { mergesKey, withoutMerges } from './tokenizer';
import { upgradeRun } from './upgrade';

export type RunRecord = z.infer<typeof recordSchema>;

/** @returns undefined if there is no such run. @throws HomegrownError `storage-damaged`, `newer-version` */
export const readRun = (store: BlobStore, runId: string): Promise<RunRecord | undefined> =>
  readRecord(store, recordKey(runId), RUN);

/** @throws HomegrownError as `readRun` does, and `storage-damaged` if there is no such run */
export async function readKnownRun(store: BlobStore, runId: string): Promise<RunRecord> {
  const record = await readRun(store, runId);
  if (!record) throw noSuchRun(runId);
  return record;
}

/** Record of a new run, with one segment. */
export function newRun({
  recipe,
  data,
  ...fields
}: Omit<RunRecord, 'version' | 'tags' | 'note' | 'status' | 'step' | 'objective' | 'segments' | 'keep'> &
  Pick<Segment, 'recipe' | 'data'>): RunRecord {
  return {
    version: 5,
    ...fields,
    tags: [],
    note: '',
    status: 'running',
    step: 0,
    objective: recipe.objective,
    segments: [{ after: 0, recipe, data }],
    keep: { budget: KEEP_BUDGET },
  };
}

/** Adds a run without overwriting any. @throws HomegrownError `in-use` if the id exists; as `owner` does */
export async function addRun(store: BlobStore, record: RunRecord, owner: Owner = NO_OWNER): Promise<void> {
  const key = recordKey(record.id);
  await changeRecord(store, key, RUN, async (other) => {
    if (other) throw new HomegrownError('in-use', `A run ${record.id} already exists`);
    return { ...withoutMerges(record), expect: await owner() };
  });
}

/**
 * Changes the current record under concurrent writes: the trainer records its progress, and a person may rename the run
 * in any tab. May call `change` again, on a record that was written in between.
 * @throws HomegrownError as `readKnownRun` does, and as `owner` does
 */
export async function updateRun(
  store: BlobStore,
  runId: string,
  change: (record: RunRecord) => RunRecord,
  owner: Owner = NO_OWNER,
): Promise<RunRecord> {
  const changed = await changeRecord(store, recordKey(runId), RUN, async (record) => {
    if (!record) throw noSuchRun(runId);
    return { record: change(record), expect: await owner() };
  });
  return changed!;
}

/** Newest first, including removed runs that can be restored; without runs whose record is unreadable. */
export const listRuns = async (store: BlobStore): Promise<readonly RunRecord[]> => (await allRuns(store)).runs;

/** Least used hue among a project's runs. */
export async function freeHue(store: BlobStore, projectId: string): Promise<number> {
  const uses = new Array<number>(HUES).fill(0);
  for (const run of await listRuns(store)) if (run.projectId === projectId) uses[run.hue - 1]!++;
  return 1 + uses.indexOf(Math.min(...uses));
}

/** Runs with an unreadable record, or with saved steps but no record: their data is unknown. */
export const unreadableRuns = async (store: BlobStore): Promise<readonly Unreadable[]> =>
  (await allRuns(store)).unreadable;

/** Readable and unreadable runs, reading each record once. */
export async function allRuns(
  store: BlobStore,
): Promise<{ runs: readonly RunRecord[]; unreadable: readonly Unreadable[] }> {
  const [{ keys, records, unreadable }, heads] = await Promise.all([
    readRecordsUnder(store, PREFIX, RUN),
    store.keys(HEADS),
  ]);
  const recordKeys = new Set(keys);
  const keysWithoutRecord = heads
    .map((key) => recordKey(key.slice(HEADS.length)))
    .filter((key) => !recordKeys.has(key));
  // Usually there are none, but a run may have started since.
  const lateRuns = await readAll(keysWithoutRecord, async (key) => {
    const runId = key.slice(PREFIX.length);
    const record = await readRun(store, runId);
    if (record) return record;
    const missing = `The record of run ${runId} is missing, but its saved steps are there`;
    throw new HomegrownError('storage-damaged', missing);
  });
  return {
    runs: newestFirst([...records.values(), ...lateRuns.records]),
    unreadable: [...unreadable, ...lateRuns.unreadable].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

/**
 * Deletes the record, all saved steps and all evaluations, in one commit.
 * @param expected the stored record: returns false and deletes nothing if it has changed
 */
export async function purgeRun(store: BlobStore, runId: string, expected?: Json): Promise<boolean> {
  const key = recordKey(runId);
  const metrics = [...(await store.keys(journalKey(runId))), ...(await store.keys(evaluationsOf(runId)))];
  const isDeleted = await store.commit({
    drop: [key, ...(await snapshotKeys(store, runId)), ...metrics, curveKey(runId), mergesKey(runId)],
    ...(expected !== undefined && { expect: [[key, expected]] }),
  });
  // Evaluations saved since the listing; none can be saved after the run is deleted, so these are the last.
  const lateKeys = isDeleted ? await store.keys(evaluationsOf(runId)) : [];
  if (lateKeys.length > 0) await store.commit({ drop: lateKeys });
  return isDeleted;
}

const noSuchRun = (runId: string): HomegrownError => new HomegrownError('storage-damaged', `There is no run ${runId}`);

const PREFIX = 'runs-index/';
export const recordKey = (runId: string): string => `${PREFIX}${runId}`;

/** Default budget of a run's saved steps, in bytes. */
const KEEP_BUDGET = 512 * 2 ** 20;
const hasObjective =
  (objective: string) =>
  ({ recipe }: Segment): boolean =>
    Object.is(recipe.objective, objective);

const recordSchema = z
  .strictObject(storedShape)
  .refine(({ objective, segments }) => segments.every(hasObjective(objective)), {
    message: 'its segments have different objectives',
    path: ['objective'],
  })
  .refine(({ trainable, base }) => (trainable === undefined) === (base === undefined), {
    message: 'it has trainable weights without a base, or a base without trainable weights',
    path: ['base'],
  });

export const RUN: Kind<RunRecord> = {
  what: (key) => `The record of run ${key.slice(PREFIX.length)}`,
  version: 5,
  schema: recordSchema,
  // Before version 4 all weights were trained. Builds that don't know bases must not take a tuned run for a whole one
  // (decision 107). Before version 5 all models scored tokens. Builds that don't know labels would report a classifier
  // as damaged (decision 114).
  upgrades: [upgradeRun, (old) => old, (old) => old, (old) => old],
  keyOf: ({ id }) => recordKey(id),
  known: new Map(),
};
