/** Imports a partly trained model of ours: as a tuning of its base if that is stored, else as a whole model. */
import { trainedTensors, merged, partsOf, type Trainable } from '../adapters/trainable';
import type { BlobStore } from '../base/blobStore';
import { unlessUnreadable } from '../base/record';
import { baseHash, saveBase, readBase } from '../checkpoint/base';
import type { Snapshot } from '../checkpoint/snapshot';
import { bytesOf, type NamedTensors } from '../checkpoint/tensors';
import { paramsOf } from '../models';
import type { RunRecord } from '../runs/record';
import { ownOf } from '../train/partly';
import { DEFAULT_RECIPE } from '../train/recipe';
import { hashOfFrozen } from '../train/start';
import type { ImportedModel } from './incoming';

interface AsStored {
  snapshot: Snapshot;
  /** Fields of the run's record; absent for a whole model. */
  tuned?: Pick<RunRecord, 'trainable' | 'base'>;
  /** Frozen weights that training resumes on; save them once a record names them. */
  base?: { keep(): Promise<unknown> };
}

/**
 * Separates an imported model into base and trained weights, if merging them gives the file's weights bit for bit. An
 * adapter's frozen base weights come from the store, by hash; others are in the file.
 */
export async function asStored(
  store: BlobStore,
  { model, snapshot }: ImportedModel,
  trainable: Trainable,
): Promise<AsStored> {
  const own = paramsOf(model);
  const { state, tensors } = snapshot;
  const weights = ownOf(model, tensors);
  const { frozen, ...asWhole } = state;
  const whole: AsStored = { snapshot: { state: asWhole, tensors: weights } };
  if (frozen === undefined || !Object.keys(partsOf(own, trainable).trainableParams).every((name) => tensors.has(name)))
    return whole;
  const learning: Snapshot = { state, tensors: trainedTensors(own, tensors, trainable) };
  const { adapter } = trainable;
  if (!adapter) {
    const found = await hashOfFrozen({ model, recipe: DEFAULT_RECIPE, trainable, base: weights });
    if (found !== frozen) return whole;
    const hash = await baseHash(weights);
    return { snapshot: learning, ...stored(trainable, hash, weights) };
  }
  // If only the adapter was trained, the whole base is frozen.
  const base = trainable.weights.length > 0 ? undefined : await unlessUnreadable(readBase(store, frozen));
  if (!base || [...weights.keys()].some((name) => !base.has(name))) return whole;
  const made = merged(own, new Map([...learning.tensors, ...base]), trainable);
  return isSame(made, weights) ? { snapshot: learning, ...stored(trainable, frozen, base) } : whole;

  function stored(what: Trainable, hash: string, values: NamedTensors): Omit<AsStored, 'snapshot'> {
    return { tuned: { trainable: what, base: hash }, base: { keep: () => saveBase(store, hash, values) } };
  }
}

const isSame = (one: NamedTensors, other: NamedTensors): boolean =>
  [...one].every(([name, value]) => {
    const [a, b] = [bytesOf(value), bytesOf(other.get(name)!)];
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  });
