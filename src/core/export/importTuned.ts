/** A model of ours of which not all learnt, as it comes in: beside its base where that is at hand, else as a whole model. */
import { learntOf, merged, partsOf } from '../adapters/trainable';
import type { BlobStore } from '../base/blobStore';
import { unlessUnreadable } from '../base/record';
import { baseHash, readBase } from '../checkpoint/base';
import type { Snapshot } from '../checkpoint/snapshot';
import { bytesOf, type NamedTensors } from '../checkpoint/tensors';
import { paramsOf } from '../models';
import type { RunRecord } from '../runs/record';
import { ownOf } from '../train/partly';
import { DEFAULT_RECIPE } from '../train/recipe';
import { hashOfFrozen } from '../train/start';
import type { ImportedModel } from './incoming';

export interface AsStored {
  snapshot: Snapshot;
  /** What the run's record says of it; none of a whole model. */
  tuned: Pick<RunRecord, 'trainable' | 'base'>;
  /** All weights beside which it goes on. */
  base?: NamedTensors;
}

/**
 * Weights of its own that do not learn are in its files. Those beside which an adapter learnt are not: it is taken for one where
 * the store has them, by their hash, and they make the model that the files have, to the bit.
 */
export async function asStored(store: BlobStore, { model, snapshot, info }: ImportedModel): Promise<AsStored> {
  const { trainable } = info ?? {};
  if (!trainable) return { snapshot, tuned: {} };
  const own = paramsOf(model);
  const { state, tensors } = snapshot;
  const weights = ownOf(model, tensors);
  const { frozen, ...asWhole } = state;
  const whole: AsStored = { snapshot: { state: asWhole, tensors: weights }, tuned: {} };
  if (frozen === undefined || !Object.keys(partsOf(own, trainable).trainableParams).every((name) => tensors.has(name)))
    return whole;
  const learning: Snapshot = { state, tensors: learntOf(own, tensors, trainable) };
  const { adapter } = trainable;
  if (!adapter) {
    const found = await hashOfFrozen({ model, recipe: DEFAULT_RECIPE, trainable, base: weights });
    if (found !== frozen) return whole;
    return { snapshot: learning, tuned: { trainable, base: await baseHash(weights) }, base: weights };
  }
  // Where nothing but the adapter learnt, all of the base is what is frozen.
  const base = trainable.weights.length > 0 ? undefined : await unlessUnreadable(readBase(store, frozen));
  if (!base || [...weights.keys()].some((name) => !base.has(name))) return whole;
  const made = merged(own, new Map([...learning.tensors, ...base]), trainable);
  return isSame(made, weights) ? { snapshot: learning, tuned: { trainable, base: frozen }, base } : whole;
}

const isSame = (one: NamedTensors, other: NamedTensors): boolean =>
  [...one].every(([name, value]) => {
    const [a, b] = [bytesOf(value), bytesOf(other.get(name)!)];
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  });
