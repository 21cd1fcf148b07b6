import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { bindingElements, pieces } from '../gpu/arena';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Classify } from './classify';
import { product } from './matmul.wgsl';

/** Splits a classifier that is larger than a binding into ranges of rows, and joins their scores. */
export const classifyOnGpu: Classify = ({ hidden, classifier, bias }) => {
  const [M, K] = hidden.shape;
  const parts = pieces(classifier.size, bindingElements(), K).map(({ from, elements: length }) => {
    const N = length / K;
    const c = emptyTensor([M, N], 'float32') as Tensor2D;
    dispatch(product({ M, N, K, transposeB: true, bias: bias !== undefined }), {
      a: hidden,
      b: { tensor: classifier, from, length },
      bias: bias && { tensor: bias, from: from / K, length: N },
      c,
    });
    return c;
  });
  if (parts.length === 1) return parts[0]!;
  const y = tf.concat(parts, 1);
  tf.dispose(parts);
  return y;
};
