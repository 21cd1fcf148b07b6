/** Optimizers. To add one, write its file and its test, and add a line to index.ts. */
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Choice, Fields, ValuesOf } from '../base/field';
import type { Slot } from '../ops/update';

/** Settings of every optimizer in addition to its own fields. */
interface CommonSettings {
  /** Applies to weights whose slot has `decay`: not to norms, biases and position embeddings. */
  weightDecay: number;
  /** Largest global norm of the gradient; 0 = no clipping. */
  clip: number;
}
export type Settings<F extends Fields> = ValuesOf<F> & CommonSettings;

/** Properties of a weight that determine its optimizer state. */
export interface Shaped {
  shape: readonly number[];
  /** Set for the matrix of a linear layer, as in `Parameter`. */
  linear?: true;
  widths?: readonly number[];
}

/** A tensor of optimizer state for a weight, which starts at 0. */
export interface StateSpec {
  /** Prefix of its name in checkpoints: `adam.m` of `adam.m.<weight>`. */
  name: string;
  shape: readonly number[];
}

/** A weight, its gradient, and its optimizer state, in the order of `state`. */
export interface WeightSlot extends Slot {
  weight: Shaped;
  moments: readonly Variable[];
}

/** Updates weights and moments in place. `norm`: global norm of the gradient, before clipping. */
export type Update<F extends Fields> = (
  slots: readonly WeightSlot[],
  rates: Tensor1D,
  norm: Scalar,
  settings: Settings<F>,
) => void;

export interface Optimizer<F extends Fields = Fields> extends Choice {
  label: string;
  /** When to choose it. */
  hint: string;
  /** Paper that defines it. */
  source: string;
  /** Own settings, stored next to a recipe's others. A name is one field, whichever optimizers have it. */
  fields: F;
  /** Optimizer state of a weight, which may differ for matrices. */
  state(weight: Shaped): readonly StateSpec[];
  /** Numbers that differ between steps. `step` counts from 1 at the first update after the moments were zero. */
  rates(learningRate: number, step: number, settings: Settings<F>): number[];
  /** Floating-point operations of an update of a weight; absent if only a few per number. */
  flops?(weight: Shaped): number;
  /** Usual peak learning rate for a model of this many parameters. */
  usualRate(parameters: number): number;
  /** Best learning rate of adapters, as a multiple of `usualRate`; absent: AdamW's multiple. */
  adapterRate?: number;
  /** PyTorch equivalent; absent: a run with it can't be exported to PyTorch. */
  torch?: Torch<Extract<keyof F, string>>;
  /** Loads lazily, so that a page can draw the form without TensorFlow.js. */
  load(): Promise<{ update: Update<F> }>;
}

/** A class of torch.optim, or of the export's optimizers.py. Its argument for weight decay is `weight_decay`. */
export interface Torch<Name extends string = string> {
  class: string;
  /** Fields for each argument of the class. */
  arguments: Readonly<Record<string, Name | readonly Name[]>>;
  /** PyTorch's names of the moments, by their names in checkpoints. */
  moments: Readonly<Record<string, string>>;
  /** Moments of linear layers' matrices, if they differ. */
  ofMatrices?: Readonly<Record<string, string>>;
  /** Whether the class counts the steps of each weight. */
  counts: boolean;
}

/** Checks a definition against its own fields, and casts it to the common type. */
export const defineOptimizer = <const F extends Fields>(definition: Optimizer<F>): Optimizer & { fields: F } =>
  definition as unknown as Optimizer & { fields: F };
