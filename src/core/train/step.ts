/**
 * One training step on tensors. Returns the loss and other step values; updates weights and moments in place.
 *
 * With accumulation, its two halves are separate programs: `gather` for each micro-batch, then `apply`. Their
 * parameters are all that differs between steps, so that a step can be traced once and replayed.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import { accumulate, clear } from '../ops/accumulate';
import { average } from '../ops/average';
import { globalNorm } from '../ops/globalNorm';
import type { Learning, Tensors } from '../objectives/objective';
import type { WeightSlot } from '../optim/optimizer';
import type { OpenOptimizer } from './optimizerState';
import type { Recipe } from './recipe';
import type { StepValueName } from './stepValues';

/**
 * batch: as in the objective's `inputs`; weight [1] int32: number of predictions in the whole step; counter [2] int32:
 * seed and micro-batch, as bits; rates: the optimizer's values for this step; keep [1]: decay of the average.
 */
interface StepInputs {
  batch: Tensors;
  weight: Tensor;
  counter: Tensor;
  rates: Tensor;
  keep: Tensor;
}
type ApplyInputs = Pick<StepInputs, 'rates' | 'keep'>;
/** Step values by name. `loss` is in nats, before the update; for a micro-batch, its part of the step's mean. */
type StepOutputs = Readonly<Partial<Record<StepValueName, Scalar>>>;

/** @param averages moving averages of the trainable weights, in their order; absent without averaging */
export function stepOn(
  network: Network,
  objective: Pick<Learning, 'loss'>,
  optimizer: Pick<OpenOptimizer, 'update' | 'moments'>,
  recipe: Recipe,
  averages?: readonly Variable[],
) {
  const names = Object.keys(network.trainableParams);
  const weights = names.map((name) => network.params[name]!);

  function backward({ batch, weight, counter }: Omit<StepInputs, keyof ApplyInputs>) {
    const { dropout, attentionDropout, recompute } = recipe;
    const { value: loss, grads } = tf.variableGrads(
      () => objective.loss(network, batch, weight, { dropout, attentionDropout, counter, recompute }),
      weights,
    );
    // A weight that the loss doesn't reach gets a gradient of 0, so that weight decay still applies to it.
    return { loss, gradients: weights.map((variable) => grads[variable.name] ?? tf.zerosLike(variable)) };
  }
  function update(gradients: readonly Tensor[], { rates, keep }: ApplyInputs) {
    const slots = names.map((name, i): WeightSlot => {
      const weight = network.trainableParams[name]!;
      const { decay } = weight;
      return { weight, parameter: weights[i]!, gradient: gradients[i]!, moments: optimizer.moments[name]!, decay };
    });
    const gradientNorm = globalNorm(gradients);
    optimizer.update(slots, rates as Tensor1D, gradientNorm, recipe);
    if (averages) average(averages, weights, keep as Tensor1D);
    return { gradientNorm } satisfies StepOutputs;
  }
  return {
    /** Makes a whole step. */
    step(inputs: StepInputs) {
      const { loss, gradients } = backward(inputs);
      return { loss, ...update(gradients, inputs) };
    },
    /** Adds the gradient of a micro-batch to `sums`, which has a variable for each trainable weight. */
    gather(inputs: Omit<StepInputs, keyof ApplyInputs>, sums: readonly Variable[]) {
      const { loss, gradients } = backward(inputs);
      accumulate(sums, gradients);
      return { loss };
    },
    /** Updates the weights with the summed gradient, and clears the sums. */
    apply(inputs: ApplyInputs, sums: readonly Variable[]) {
      const measured = update(sums, inputs);
      clear(sums);
      return measured;
    },
  };
}
