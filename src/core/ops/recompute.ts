/**
 * Gradient checkpointing: saves only the inputs of a part of a model, and recomputes it in the backward pass.
 *
 *   y = f(inputs), with the gradient of f by each input and by each variable that it reads
 *
 * One more forward pass, a third of a step's work, reduces memory to one such part at a time. f must depend only on its
 * inputs and variables (dropout does: its masks are functions of a counter), and its output must depend on all of them.
 * Other tensors computed on the way to the loss are refused, because they would get no gradient.
 * Source: Chen et al. 2016, arXiv:1604.06174.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HomegrownError } from '../base/errors';
import { customGradOf, gradientWanted, isOnTape, preservingTape, trackReads } from '../gpu/tfjs';
import { constant, isConstant } from './constant';

export function recompute<Y extends Tensor, X extends readonly Tensor[]>(
  f: (...inputs: X) => Y,
  inputs: readonly [...X],
): Y {
  if (!gradientWanted()) return f(...inputs);
  const { value, read } = trackReads(() => f(...inputs));
  if (isConstant(value)) return value;
  const needsGradient = inputs.map((input) => !isConstant(input));
  const outsideReads = read.filter((tensor) => !inputs.includes(tensor));
  const variables = outsideReads.filter((tensor) => tensor instanceof tf.Variable && !isConstant(tensor));
  const untracked = outsideReads.find(isOnTape);
  if (untracked) {
    throw new HomegrownError(
      'bug',
      `The recomputed function reads a tensor [${untracked.shape.join(', ')}] that isn’t one of its inputs and would get no gradient.`,
    );
  }
  const [y] = customGradOf(
    [...inputs.filter((_, i) => needsGradient[i]), ...variables],
    (save) => {
      save([...inputs]);
      return [tf.clone(value)];
    },
    ([dy], saved) => {
      const constants = saved.filter((_, i) => !needsGradient[i]);
      constants.forEach(constant);
      const recomputedGradients = tf.grads(() => f(...(saved as unknown as X)));
      return preservingTape(() =>
        recomputedGradients([...saved.filter((tensor) => !constants.includes(tensor)), ...variables], dy),
      );
    },
  );
  return y as Y;
}
