/**
 * One training step on tensors: batch in; loss and gradient norm out; weights and moments changed in place.
 *
 * It reads nothing else that differs between steps: what runs op by op here can be traced once and replayed.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { globalNorm } from '../ops/globalNorm';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import { OPTIMIZERS } from '../optim';
import type { WeightSlot } from '../optim/optimizer';
import type { Recipe } from './recipe';

/**
 * ids [B, T] int32; targets [B T] int32: the token that follows each id; counter [2] int32: seed and step, as bits;
 * rates: what the optimizer needs to know of this step.
 */
export type StepInputs = Readonly<Record<'ids' | 'targets' | 'counter' | 'rates', Tensor>>;
/** loss: mean nats per token before the update. norm: of the gradient before clipping. */
export type StepOutputs = Readonly<Record<'loss' | 'norm', Scalar>>;

/** Moments by weight, in the order of the optimizer's `moments`. */
export type Moments = Readonly<Record<string, readonly Variable[]>>;

export function stepOn(network: Network, moments: Moments, recipe: Recipe): (inputs: StepInputs) => StepOutputs {
  const { id, config, vocabulary } = network.choice;
  const table = modelSpec(id).params(config, vocabulary);
  const optimizer = OPTIMIZERS[recipe.optimizer];
  const names = Object.keys(network.params);
  const weights = names.map((name) => network.params[name]!);

  return ({ ids, targets, counter, rates }) => {
    const lossOf = (): Scalar => {
      const hidden = network.hidden(ids as Tensor2D, { dropout: recipe.dropout, counter });
      return softmaxCrossEntropy(hidden, network.classifier, targets as Tensor1D);
    };
    const { value: loss, grads } = tf.variableGrads(lossOf, weights);
    const slots = names.map((name, i): WeightSlot => {
      const parameter = weights[i]!;
      return { parameter, gradient: grads[parameter.name]!, moments: moments[name]!, decay: table[name]!.decay };
    });
    const norm = globalNorm(slots.map(({ gradient }) => gradient));
    optimizer.update(slots, rates as Tensor1D, norm, recipe);
    return { loss, norm };
  };
}
