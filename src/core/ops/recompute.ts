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
import { customGradOf, gradientWanted, isOnTape, onItsOwnTape, readBy } from '../gpu/tfjs';
import { constant, isConstant } from './constant';

export function recompute<Y extends Tensor, X extends readonly Tensor[]>(
  f: (...inputs: X) => Y,
  inputs: readonly [...X],
): Y {
  if (!gradientWanted()) return f(...inputs);
  const { value, read } = readBy(() => f(...inputs));
  if (isConstant(value)) return value;
  const learning = inputs.map((input) => !isConstant(input));
  const others = read.filter((tensor) => !inputs.includes(tensor));
  const variables = others.filter((tensor) => tensor instanceof tf.Variable && !isConstant(tensor));
  const lost = others.find(isOnTape);
  if (lost) {
    throw new HomegrownError(
      'bug',
      `The recomputed function reads a tensor [${lost.shape.join(', ')}] that isn’t one of its inputs and would get no gradient.`,
    );
  }
  const [y] = customGradOf(
    [...inputs.filter((_, i) => learning[i]), ...variables],
    (save) => {
      save([...inputs]);
      return [tf.clone(value)];
    },
    ([dy], kept) => {
      const fixed = kept.filter((_, i) => !learning[i]);
      fixed.forEach(constant);
      const again = tf.grads(() => f(...(kept as unknown as X)));
      return onItsOwnTape(() => again([...kept.filter((tensor) => !fixed.includes(tensor)), ...variables], dy));
    },
  );
  return y as Y;
}
