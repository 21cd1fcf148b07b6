/**
 * One training step on tensors: batch in; loss and gradient norm out; weights and moments changed in place.
 *
 * With accumulation its two halves are programs of their own: `gather` for each micro-batch, then `apply`. They read nothing
 * else that differs between steps: what runs op by op here can be traced once and replayed.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { accumulate, clear } from '../ops/accumulate';
import { globalNorm } from '../ops/globalNorm';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import { OPTIMIZERS } from '../optim';
import type { WeightSlot } from '../optim/optimizer';
import type { Recipe } from './recipe';

/**
 * ids [B, T] int32; targets [B T] int32: the token that follows each id, masked where negative; counter [2] int32: seed and
 * micro-batch, as bits; share [1]: of the step's targets, those of the micro-batch; rates: what the optimizer needs to know
 * of this step.
 */
type Inputs<Name extends string> = Readonly<Record<Name, Tensor>>;
/** loss: mean nats per target that is not masked, before the update. norm: of the gradient before clipping. */
type Outputs<Name extends string> = Readonly<Record<Name, Scalar>>;

/** Moments by weight, in the order of the optimizer's `moments`. */
export type Moments = Readonly<Record<string, readonly Variable[]>>;

export interface StepParts {
  /** The whole of it. */
  step(inputs: Inputs<'ids' | 'targets' | 'counter' | 'rates'>): Outputs<'loss' | 'norm'>;
  /** Adds the gradient of a micro-batch to `into`, which has a variable for each weight. */
  gather(inputs: Inputs<'ids' | 'targets' | 'counter' | 'share'>, into: readonly Variable[]): Outputs<'loss'>;
  /** Updates the weights by what was gathered, and clears that. */
  apply(inputs: Inputs<'rates'>, gathered: readonly Variable[]): Outputs<'norm'>;
}

export function stepOn(network: Network, moments: Moments, recipe: Recipe): StepParts {
  const { id, config, vocabulary } = network.choice;
  const table = modelSpec(id).params(config, vocabulary);
  const optimizer = OPTIMIZERS[recipe.optimizer];
  const names = Object.keys(network.params);
  const weights = names.map((name) => network.params[name]!);

  function backward({ ids, targets, counter }: Inputs<'ids' | 'targets' | 'counter'>) {
    const { dropout, recompute } = recipe;
    const { value: loss, grads } = tf.variableGrads(() => {
      const { hidden, classifier } = network.forward(ids as Tensor2D, { dropout, counter, recompute });
      return softmaxCrossEntropy(hidden, classifier, targets as Tensor1D);
    }, weights);
    // A weight that the loss does not reach has a gradient of 0 as one that cancels out has: it decays, and is not left out.
    return { loss, gradients: weights.map((weight) => grads[weight.name] ?? tf.zerosLike(weight)) };
  }
  function update(gradients: readonly Tensor[], rates: Tensor): Scalar {
    const slots = names.map((name, i): WeightSlot => {
      const { decay } = table[name]!;
      return { parameter: weights[i]!, gradient: gradients[i]!, moments: moments[name]!, decay };
    });
    const norm = globalNorm(gradients);
    optimizer.update(slots, rates as Tensor1D, norm, recipe);
    return norm;
  }
  return {
    step(inputs) {
      const { loss, gradients } = backward(inputs);
      return { loss, norm: update(gradients, inputs.rates) };
    },
    gather(inputs, into) {
      const { loss, gradients } = backward(inputs);
      accumulate(into, gradients, inputs.share as Tensor1D);
      return { loss };
    },
    apply({ rates }, gathered) {
      const norm = update(gathered, rates);
      clear(gathered);
      return { norm };
    },
  };
}
