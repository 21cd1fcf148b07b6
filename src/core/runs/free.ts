/** Giving back what a run takes. */
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { snapshotKeys } from '../checkpoint/checkpoint';
import { headKey } from '../checkpoint/head';

/**
 * Gives back what a run's saved steps take; its record and its curve stay. Nothing is written, so that it works on a full
 * disk too. Only for whoever holds the run.
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
