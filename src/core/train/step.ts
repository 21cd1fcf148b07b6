/**
 * One training step on tensors: batch in; loss, gradient norm and other step values out; weights and moments changed in place.
 *
 * With accumulation its two halves are programs of their own: `gather` for each micro-batch, then `apply`. They read nothing
 * else that differs between steps: what runs op by op here can be traced once and replayed.
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
 * batch: as the objective's `inputs` says; weight [1] int32: what is predicted in the whole step; counter [2] int32: seed
 * and micro-batch, as bits; rates: what the optimizer needs to know of this step; keep [1]: share of an average that stays.
 */
interface Inputs {
  batch: Tensors;
  weight: Tensor;
  counter: Tensor;
  rates: Tensor;
  keep: Tensor;
}
type Applied = Pick<Inputs, 'rates' | 'keep'>;
/** Step values by name. `loss` is in nats before the update; of a micro-batch, its part of the step's mean. */
type Outputs = Readonly<Partial<Record<StepValueName, Scalar>>>;

/** @param averages of the weights that learn, in their order; absent where there are none */
export function stepOn(
  network: Network,
  objective: Pick<Learning, 'loss'>,
  optimizer: Pick<OpenOptimizer, 'update' | 'moments'>,
  recipe: Recipe,
  averages?: readonly Variable[],
) {
  const names = Object.keys(network.trainableParams);
  const weights = names.map((name) => network.params[name]!);

  function backward({ batch, weight, counter }: Omit<Inputs, keyof Applied>) {
    const { dropout, attentionDropout, recompute } = recipe;
    const { value: loss, grads } = tf.variableGrads(
      () => objective.loss(network, batch, weight, { dropout, attentionDropout, counter, recompute }),
      weights,
    );
    // A weight that the loss does not reach has a gradient of 0 as one that cancels out has: it decays, and is not left out.
    return { loss, gradients: weights.map((variable) => grads[variable.name] ?? tf.zerosLike(variable)) };
  }
  function update(gradients: readonly Tensor[], { rates, keep }: Applied) {
    const slots = names.map((name, i): WeightSlot => {
      const weight = network.trainableParams[name]!;
      const { decay } = weight;
      return { weight, parameter: weights[i]!, gradient: gradients[i]!, moments: optimizer.moments[name]!, decay };
    });
    const gradientNorm = globalNorm(gradients);
    optimizer.update(slots, rates as Tensor1D, gradientNorm, recipe);
    if (averages) average(averages, weights, keep as Tensor1D);
    return { gradientNorm } satisfies Outputs;
  }
  return {
    /** The whole step. */
    step(inputs: Inputs) {
      const { loss, gradients } = backward(inputs);
      return { loss, ...update(gradients, inputs) };
    },
    /** Adds the gradient of a micro-batch to `into`, which has a variable for each weight that learns. */
    gather(inputs: Omit<Inputs, keyof Applied>, into: readonly Variable[]) {
      const { loss, gradients } = backward(inputs);
      accumulate(into, gradients);
      return { loss };
    },
    /** Updates the weights by what was gathered, and clears that. */
    apply(inputs: Applied, gathered: readonly Variable[]) {
      const measured = update(gathered, inputs);
      clear(gathered);
      return measured;
    },
  };
}
