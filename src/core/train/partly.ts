/** A model of which not all learns: what training has of it, and all of it. */
import { learntOf, merged, type Trainable } from '../adapters/trainable';
import type { Snapshot } from '../checkpoint/snapshot';
import type { NamedTensors } from '../checkpoint/tensors';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';

/** The model alone, without what training goes on from besides. */
export const ownOf = (model: ModelChoice, tensors: NamedTensors): NamedTensors =>
  new Map(Object.keys(paramsOf(model)).map((name) => [name, tensors.get(name)!]));

export interface Partly {
  /** Of a step as a folder has it, what training goes on from. */
  learning(model: ModelChoice, snapshot: Snapshot): Snapshot;
  /** Of a step as training has it, all: weights with what an adapter has learnt in them, and what training goes on from besides. */
  whole(model: ModelChoice, snapshot: Snapshot): Snapshot;
}

/** @param base all weights as they were; needed where not all learns */
export function partly(base: NamedTensors | undefined, trainable: Trainable | undefined): Partly {
  if (!trainable || !base) return { learning: (_, snapshot) => snapshot, whole: (_, snapshot) => snapshot };
  return {
    learning: (model, { state, tensors }) => ({ state, tensors: learntOf(paramsOf(model), tensors, trainable) }),
    whole(model, { state, tensors }) {
      const weights = merged(paramsOf(model), new Map([...base, ...tensors]), trainable);
      return { state, tensors: new Map([...tensors, ...weights]) };
    },
  };
}
