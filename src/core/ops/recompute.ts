/**
 * A part of a model that keeps its inputs only: its backward pass runs it again for what it needs.
 *
 *   y = f(inputs), with the gradient of f by each input and each weight
 *
 * The forward pass once more, a third of a step's work, for the memory of one such part at a time instead of all of them.
 * f must be a function of its inputs and weights alone (dropout is: its masks are functions of a counter), and its output
 * must depend on all of them. Source: Chen et al. 2016, arXiv:1604.06174.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { onItsOwnTape } from '../gpu/tfjs';

export function recompute<Y extends Tensor, X extends Tensor>(
  f: (...inputs: X[]) => Y,
  inputs: readonly X[],
  weights: readonly Tensor[],
): Y {
  const call = tf.customGrad((...args: unknown[]) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    save([...inputs]);
    return {
      value: f(...inputs),
      gradFunc(dy: Tensor, kept: Tensor[]) {
        const again = tf.grads((...xs: Tensor[]) => f(...(xs.slice(0, inputs.length) as X[])));
        return onItsOwnTape(() => again([...kept, ...weights], dy));
      },
    };
  });
  return call(...inputs, ...weights) as Y;
}
