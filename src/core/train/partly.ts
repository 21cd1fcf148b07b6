/** Converts between the trainable part of a partly trainable model and the whole model. */
import { trainedTensors, merged, type Trainable } from '../adapters/trainable';
import type { Snapshot } from '../checkpoint/snapshot';
import type { NamedTensors } from '../checkpoint/tensors';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';

/** Weights of the model, without optimizer state. */
export const ownOf = (model: ModelChoice, tensors: NamedTensors): NamedTensors =>
  new Map(Object.keys(paramsOf(model)).map((name) => [name, tensors.get(name)!]));

export interface Partly {
  /** Returns the trainable part of an imported checkpoint, from which training continues. */
  learning(model: ModelChoice, snapshot: Snapshot): Snapshot;
  /** Returns a complete checkpoint: weights with the adapter merged, and training state. */
  whole(model: ModelChoice, snapshot: Snapshot): Snapshot;
}

/** @param base all original weights; required if only a part is trainable */
export function partly(base: NamedTensors | undefined, trainable: Trainable | undefined): Partly {
  if (!trainable || !base) return { learning: (_, snapshot) => snapshot, whole: (_, snapshot) => snapshot };
  return {
    learning: (model, { state, tensors }) => ({ state, tensors: trainedTensors(paramsOf(model), tensors, trainable) }),
    whole(model, { state, tensors }) {
      const weights = merged(paramsOf(model), new Map([...base, ...tensors]), trainable);
      return { state, tensors: new Map([...tensors, ...weights]) };
    },
  };
}
