/** What is known of a run besides its tensors: everything that determined it, and how far it came. */
import { z } from '../base/zod';
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { storedMoment } from '../base/moment';
import { type Kind, readAll, readRecord, storedRecord, type Unreadable } from '../base/record';
import { snapshotKeys } from '../checkpoint/checkpoint';
import { HEADS } from '../checkpoint/head';
import { inlineManifest } from '../shards/manifest';
import { journalKey } from './journal';
import {
  dataFactsSchema,
  earlierSchema,
  modelSchema,
  originSchema,
  recipeSchema,
  tokenizerModelSchema,
} from './settings';

export type RunRecord = z.infer<typeof recordSchema>;

/** @returns undefined when there is no such run. @throws HomegrownError `storage-damaged`, `newer-version` */
export const readRun = (store: BlobStore, runId: string): Promise<RunRecord | undefined> =>
  readRecord(store, recordKey(runId), RUN);

/** @throws HomegrownError as `readRun` does, and `storage-damaged` when there is no such run */
export async function readKnownRun(store: BlobStore, runId: string): Promise<RunRecord> {
  const record = await readRun(store, runId);
  if (!record) throw new HomegrownError('storage-damaged', `There is no run ${runId}`);
  return record;
}

export async function writeRun(store: BlobStore, record: RunRecord): Promise<void> {
  await store.commit({ put: [[recordKey(record.id), storedRecord(RUN, record)]] });
}

/** Newest first; those whose record cannot be read are left out. */
export async function listRuns(store: BlobStore): Promise<readonly RunRecord[]> {
  const { records } = await readAll(await store.keys(PREFIX), (key) => readRun(store, key.slice(PREFIX.length)));
  return records.sort((a, b) => b.createdAt - a.createdAt);
}

/** Runs whose record cannot be read, or is missing while there are saved steps: what they own is not known. */
export async function unreadableRuns(store: BlobStore): Promise<readonly Unreadable[]> {
  const ids = new Set([
    ...(await store.keys(PREFIX)).map((key) => key.slice(PREFIX.length)),
    ...(await store.keys(HEADS)).map((key) => key.slice(HEADS.length)),
  ]);
  const { unreadable } = await readAll([...ids].map(recordKey), async (key) => {
    const runId = key.slice(PREFIX.length);
    if ((await readRun(store, runId)) === undefined)
      throw new HomegrownError(
        'storage-damaged',
        `The record of run ${runId} is missing, and its saved steps are there`,
      );
    return undefined;
  });
  return unreadable;
}

/** Removes the record, all saved steps and all metrics, in one commit. */
export async function deleteRun(store: BlobStore, runId: string): Promise<void> {
  const metrics = await store.keys(journalKey(runId));
  await store.commit({ drop: [recordKey(runId), ...(await snapshotKeys(store, runId)), ...metrics] });
}

const PREFIX = 'runs-index/';
export const recordKey = (runId: string): string => `${PREFIX}${runId}`;

const count = z.int().nonnegative();
const recordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  createdAt: storedMoment,
  /** `running` without a holder of the run's lock means that the tab ended in the middle of it. */
  status: z.enum(['running', 'stopped', 'finished', 'failed']),
  /** Newest step that was saved. */
  step: count,
  model: modelSchema,
  /** What it goes on with; of a model with an origin, not how that was made. */
  recipe: recipeSchema,
  tokenizer: tokenizerModelSchema,
  /** Device it was last trained on, in words. */
  device: z.string().nullable(),
  /** Where its ids are; null for a model that was brought in. */
  manifest: inlineManifest.nullable(),
  /** Null for a model that says nothing of what it learnt from. */
  data: dataFactsSchema.nullable(),
  /** Oldest first; absent in a run that has had one data. */
  earlier: earlierSchema.exactOptional(),
  origin: originSchema.exactOptional(),
});
export const RUN: Kind<RunRecord> = {
  what: (key) => `The record of run ${key.slice(PREFIX.length)}`,
  version: 1,
  schema: recordSchema,
  upgrades: [],
  keyOf: ({ id }) => recordKey(id),
};
