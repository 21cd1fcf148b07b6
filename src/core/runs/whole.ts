/** Loads a saved step as a whole model, merged with its base if it is tuned. */
import { partsOf } from '../adapters/trainable';
import type { BlobStore } from '../base/blobStore';
import { loadSnapshot, type Loaded } from '../checkpoint/checkpoint';
import type { WhichSnapshot } from '../checkpoint/snapshot';
import { paramsOf } from '../models';
import type { RunRecord } from './record';

type Run = Pick<RunRecord, 'id' | 'model' | 'trainable' | 'base'>;

/** Names of the trainable weights in a run's steps, including an adapter's. */
export const weightsOf = ({ model, trainable }: Run): ReadonlySet<string> =>
  new Set(Object.keys(partsOf(paramsOf(model), trainable).trainableParams));

/**
 * Loads all of a model's own weights at a step, with the adapter merged, and the trained tensors separately.
 * @param withMoments also loads the optimizer state, which is twice the size of the trainable weights
 * @throws HomegrownError as `loadSnapshot`, and as `readBase`
 */
export async function loadWhole(
  store: BlobStore,
  run: Run,
  which: WhichSnapshot,
  withMoments = false,
): Promise<Loaded> {
  const loaded = await loadSnapshot(store, run.id, which, withMoments ? undefined : weightsOf(run));
  if (run.base === undefined) return loaded;
  // Loads lazily: only tuned runs need this code.
  const [{ readBase }, { partly }] = await Promise.all([import('../checkpoint/base'), import('../train/partly')]);
  const base = await readBase(store, run.base);
  return { ...loaded, snapshot: partly(base, run.trainable).whole(run.model, loaded.snapshot) };
}
