import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Slot } from '../ops/update';

export interface OptimizerSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  momentum: number;
  weightDecay: number;
  /** Largest global norm of the gradient; 0 = no clipping. */
  clip: number;
}

/** One weight, its gradient, and what the optimizer remembers of it, in the order of `moments`. */
export interface WeightSlot extends Slot {
  moments: readonly Variable[];
}

export interface Optimizer {
  label: string;
  /** What is kept for each weight, as the prefix of its name in checkpoints: `adam.m.<weight>`. Starts at 0. */
  moments: readonly string[];
  /** The numbers that differ between steps, for update `step` counted from 1. Everything else is constant. */
  rates(learningRate: number, step: number, settings: OptimizerSettings): number[];
  /** Changes weights and moments in place. `norm`: of the whole gradient, before clipping. */
  update(slots: readonly WeightSlot[], rates: Tensor1D, norm: Scalar, settings: OptimizerSettings): void;
}
