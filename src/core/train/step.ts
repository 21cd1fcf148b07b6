/**
 * One training step: batch in; loss and gradient norm out; weights and moments changed in place.
 *
 * The function on tensors below is the whole of it, and reads nothing else that differs between steps: what runs here
 * op by op can be traced once and replayed.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Values, Network } from '../models/network';
import { variable } from '../models/network';
import { modelSpec } from '../models';
import { globalNorm } from '../ops/globalNorm';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import { OPTIMIZERS } from '../optim';
import type { WeightSlot } from '../optim/optimizer';
import type { Recipe } from './recipe';

export interface StepInputs {
  /** [B, T] int32 */
  ids: Tensor2D;
  /** [B T] int32: the token that follows each id. */
  targets: Tensor1D;
  /** [2] int32: seed and step of the random generator, as bits. */
  counter: Tensor1D;
  /** What the optimizer needs to know of this step. */
  rates: Tensor1D;
}
/** Loss: mean nats per token before the update. Norm: of the gradient before clipping. */
export interface StepOutputs {
  loss: Scalar;
  norm: Scalar;
}

/** Moments by weight, in the order of the optimizer's `moments`. */
export type Moments = Readonly<Record<string, readonly Variable[]>>;

export function stepOn(network: Network, moments: Moments, recipe: Recipe): (inputs: StepInputs) => StepOutputs {
  const { id, config, vocabulary } = network.choice;
  const table = modelSpec(id).params(config, vocabulary);
  const optimizer = OPTIMIZERS[recipe.optimizer];
  const names = Object.keys(network.params);
  const weights = names.map((name) => network.params[name]!);

  return ({ ids, targets, counter, rates }) =>
    tf.tidy(() => {
      const { value: loss, grads } = tf.variableGrads(
        () =>
          softmaxCrossEntropy(network.hidden(ids, { dropout: recipe.dropout, counter }), network.classifier, targets),
        weights,
      );
      const slots = names.map((name, i): WeightSlot => ({
        parameter: weights[i]!,
        gradient: grads[weights[i]!.name]!,
        moments: moments[name]!,
        decay: table[name]!.decay,
      }));
      const norm = globalNorm(slots.map(({ gradient }) => gradient));
      optimizer.update(slots, rates, norm, recipe);
      return { loss, norm };
    });
}

/** The moments that a snapshot holds, or zeros. */
export function momentsFrom(network: Network, optimizer: Recipe['optimizer'], values: Values): Moments {
  const { moments } = OPTIMIZERS[optimizer];
  const zeros = (shape: readonly number[]) => ({ shape, data: new Float32Array(tf.util.sizeFromShape([...shape])) });
  return Object.fromEntries(
    Object.entries(network.params).map(([name, { shape }]) => [
      name,
      moments.map((prefix) => variable(values.get(`${prefix}.${name}`) ?? zeros(shape))),
    ]),
  );
}
