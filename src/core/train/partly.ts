/** A partly trainable model: its trainable part, and the whole. */
import { trainedTensors, merged, type Trainable } from '../adapters/trainable';
import type { Snapshot } from '../checkpoint/snapshot';
import type { NamedTensors } from '../checkpoint/tensors';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';

/** Weights of the model, without training state. */
export const ownOf = (model: ModelChoice, tensors: NamedTensors): NamedTensors =>
  new Map(Object.keys(paramsOf(model)).map((name) => [name, tensors.get(name)!]));

export interface Partly {
  /** Returns the part of a folder's step that training continues from. */
  learning(model: ModelChoice, snapshot: Snapshot): Snapshot;
  /** Returns the whole of a training step: weights with the adapter merged, and training state. */
  whole(model: ModelChoice, snapshot: Snapshot): Snapshot;
}

/** @param base all weights as they were; needed where not all learns */
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
