/** Frees the storage of a run's saved steps. */
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { snapshotKeys } from '../checkpoint/checkpoint';
import { headKey } from '../checkpoint/head';

/**
 * Deletes a run's saved steps; keeps its record and its curve. Writes nothing, so it also works on a full disk. Call it
 * only while holding the run.
 * @throws HomegrownError `in-use` when a step was saved meanwhile
 */
export async function freeRun(store: BlobStore, runId: string): Promise<void> {
  const head = (await store.get(headKey(runId))) as Json | undefined;
  const drop = await snapshotKeys(store, runId);
  if (!(await store.commit({ drop, expect: [[headKey(runId), head]] }))) {
    throw new HomegrownError(
      'in-use',
      'This run saved a checkpoint a moment ago',
      'Nothing was deleted. Stop the run first.',
    );
  }
}
