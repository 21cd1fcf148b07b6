import * as tf from '@tensorflow/tfjs';
import { dispatch } from '../src/core/gpu/dispatch';
import { emptyTensor } from '../src/core/gpu/tfjs';
import { product } from '../src/core/ops/matmul.wgsl';
import type { Shape } from './step';
import { uniform, type Work } from './work';

/** Every matrix product of a step: forward NN, gradient by input NT, gradient by weight TN. */
export function* products({ context, width, batch, vocabulary }: Shape): Generator<Work> {
  const rows = batch * context;
  const layers = {
    'q, k, v': [width, 3 * width],
    'attention out': [width, width],
    'feed-forward in': [width, 4 * width],
    'feed-forward out': [4 * width, width],
  } as const;
  const one = (op: string, M: number, N: number, K: number, lies: 'NN' | 'NT' | 'TN'): Work => {
    const [transposeA, transposeB] = [lies === 'TN', lies === 'NT'];
    return {
      op: `${op}, ${lies} ${M} x ${N} x ${K}`,
      flops: 2 * M * N * K,
      bytes: 4 * (M * K + K * N + M * N),
      make: () => [uniform(transposeA ? [K, M] : [M, K]), uniform(transposeB ? [N, K] : [K, N])],
      ours: ([a, b]) =>
        dispatch(product({ M, N, K, transposeA, transposeB }), { a, b, c: emptyTensor([M, N], 'float32') }),
      theirs: ([a, b]) => void tf.matMul(a!, b!, transposeA, transposeB),
    };
  };
  for (const [name, [from, to]] of Object.entries(layers)) {
    yield one(name, rows, to, from, 'NN');
    yield one(name, rows, from, to, 'NT');
    yield one(name, from, to, rows, 'TN');
  }
  yield one('classifier', rows, vocabulary, width, 'NT');
  yield one('classifier', rows, width, vocabulary, 'NN');
  yield one('classifier', vocabulary, width, rows, 'TN');
}
