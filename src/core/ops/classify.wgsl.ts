import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { bindingElements, pieces } from '../gpu/arena';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Classify } from './classify';
import { product } from './matmul.wgsl';

/** A classifier that is larger than a binding is bound in ranges of rows, whose scores are then put side by side. */
export const classifyOnGpu: Classify = (x, classifier) => {
  const [M, K] = x.shape;
  const parts = pieces(classifier.size, bindingElements(), K).map(({ from, elements: length }) => {
    const c = emptyTensor([M, length / K], 'float32') as Tensor2D;
    dispatch(product({ M, N: length / K, K, transposeB: true }), { a: x, b: { tensor: classifier, from, length }, c });
    return c;
  });
  if (parts.length === 1) return parts[0]!;
  const y = tf.concat(parts, 1);
  tf.dispose(parts);
  return y;
};
