/** What is known of a run besides its tensors: everything that determined it, and how far it came. */
import { z } from '../base/zod';
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { snapshotKeys } from '../checkpoint/checkpoint';
import { shardManifest } from '../shards/manifest';
import { metricKey } from './metrics';
import { dataFactsSchema, modelSchema, recipeSchema, tokenizerModelSchema } from './settings';

export type RunRecord = z.infer<typeof recordSchema>;

/** @returns undefined when there is no such run. @throws HomegrownError `storage-damaged` */
export async function readRun(store: BlobStore, runId: string): Promise<RunRecord | undefined> {
  const value = await store.get(recordKey(runId));
  if (value === undefined) return undefined;
  const record = recordSchema.safeParse(value);
  if (record.success) return record.data;
  const [issue] = record.error.issues;
  throw new HomegrownError(
    'storage-damaged',
    `The record of run ${runId} cannot be read: ${issue?.message ?? 'unknown'} at ${issue?.path.join('.') ?? ''}`,
    'Its saved steps are untouched.',
  );
}

export async function writeRun(store: BlobStore, record: RunRecord): Promise<void> {
  // Through JSON, because optional fields may be undefined and Json has no such value.
  await store.commit({ put: [[recordKey(record.id), JSON.parse(JSON.stringify(record)) as Json]] });
}

/** Newest first; those whose record is damaged are left out. */
export async function listRuns(store: BlobStore): Promise<readonly RunRecord[]> {
  const values = await Promise.all((await store.keys(PREFIX)).map((key) => store.get(key)));
  return values
    .flatMap((value) => {
      const record = recordSchema.safeParse(value);
      return record.success ? [record.data] : [];
    })
    .sort((a, b) => b.createdAt - a.createdAt);
}

/** Removes the record, all saved steps and all metrics, in one commit. */
export async function deleteRun(store: BlobStore, runId: string): Promise<void> {
  const metrics = await store.keys(metricKey(runId));
  await store.commit({ drop: [recordKey(runId), ...(await snapshotKeys(store, runId)), ...metrics] });
}

const PREFIX = 'runs-index/';
const recordKey = (runId: string): string => `${PREFIX}${runId}`;

const count = z.int().nonnegative();
const recordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  name: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  /** `running` without a holder of the run's lock means that the tab ended in the middle of it. */
  status: z.enum(['running', 'stopped', 'finished', 'failed']),
  /** Newest step that was saved. */
  step: count,
  model: modelSchema,
  recipe: recipeSchema,
  tokenizer: tokenizerModelSchema,
  /** Device it was last trained on, in words. */
  device: z.string().nullable(),
  /** Where its ids are; null for a model that was brought in. */
  manifest: shardManifest.nullable(),
  /** Null for a model that says nothing of what it learnt from. */
  data: dataFactsSchema.nullable(),
});
