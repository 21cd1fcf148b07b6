/** How weights follow their gradient. An optimizer is a file of this folder, its test, and a line in index.ts. */
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Choice, Fields, ValuesOf } from '../base/field';
import type { Slot } from '../ops/update';

/** Inputs of every optimizer besides its own fields. */
interface Common {
  /** Not of norms, biases and embeddings of position: `decay` of a slot says. */
  weightDecay: number;
  /** Largest global norm of the gradient; 0 = no clipping. */
  clip: number;
}
export type Settings<F extends Fields> = ValuesOf<F> & Common;

/** A weight, as far as it decides what is remembered of it. */
export interface Shaped {
  shape: readonly number[];
  /** As a parameter says it. */
  linear?: true;
  widths?: readonly number[];
}

/** A tensor that is kept for a weight from step to step. It starts at 0. */
export interface StateSpec {
  /** Prefix of its name in checkpoints: `adam.m` of `adam.m.<weight>`. */
  name: string;
  shape: readonly number[];
}

/** One weight, its gradient, and what is remembered of it, in the order of `state`. */
export interface WeightSlot extends Slot {
  weight: Shaped;
  moments: readonly Variable[];
}

/** Changes weights and moments in place. `norm`: of the whole gradient, before clipping. */
export type Update<F extends Fields> = (
  slots: readonly WeightSlot[],
  rates: Tensor1D,
  norm: Scalar,
  settings: Settings<F>,
) => void;

export interface Optimizer<F extends Fields = Fields> extends Choice {
  label: string;
  /** When to take it. */
  hint: string;
  /** Paper that defines it. */
  source: string;
  /** Own settings, stored next to a recipe's others. A name is one field, whichever optimizers have it. */
  fields: F;
  /** What is kept of a weight; another of a matrix where that is the method. */
  state(weight: Shaped): readonly StateSpec[];
  /** The numbers that differ between steps, for update `step` counted from 1, where the moments were zero. Everything else is constant. */
  rates(learningRate: number, step: number, settings: Settings<F>): number[];
  /** Floating-point operations of a step for a weight, where they are more than a few a number. */
  flops?(weight: Shaped): number;
  /** The peak of the rate that models of this many parameters usually bear. */
  usualRate(parameters: number): number;
  /** The best rate of adapters, as a multiple of `usualRate`; if absent, AdamW's multiple. */
  adapterRate?: number;
  /** PyTorch equivalent; absent: a run with it can't be exported to PyTorch. */
  torch?: Torch<Extract<keyof F, string>>;
  /** Lazy, so that a page can draw the form without loading TensorFlow.js. */
  load(): Promise<{ update: Update<F> }>;
}

/** A class of torch.optim, or of the hand-over's optimizers.py. Weight decay is its `weight_decay`. */
export interface Torch<Name extends string = string> {
  class: string;
  /** Its arguments, by the fields that hold them. */
  arguments: Readonly<Record<string, Name | readonly Name[]>>;
  /** What it calls the moments, by their names in checkpoints. */
  moments: Readonly<Record<string, string>>;
  /** Those of the matrices of linear layers, where they are other ones. */
  ofMatrices?: Readonly<Record<string, string>>;
  /** It counts the steps of each weight. */
  counts: boolean;
}

/** Checks a statement against its own fields, and holds the one cast to what all share. */
export const defineOptimizer = <const F extends Fields>(stated: Optimizer<F>): Optimizer & { fields: F } =>
  stated as unknown as Optimizer & { fields: F };
