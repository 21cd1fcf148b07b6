import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectClose, floats, weights } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { LAYER_NORM, layerNormOfBranch } from './layerNorm';

for (const [N, C] of [
  [1, 3],
  [3, 4],
  [65, 127],
  [127, 192],
  [70_000, 5],
] as const) {
  const sample = { x: floats([N, C], 3), gain: floats([C], 1, 1), bias: floats([C], 1, 2) };
  checkOnGpu(`layerNorm of [${N}, ${C}]`, LAYER_NORM, sample, { epsilon: 1e-5 });
}

test.each([
  [1, 3],
  [3, 9],
  [65, 64],
  [127, 127],
  [70_000, 5],
])('layerNorm of [%i, %i] on a branch', async (N, C) => {
  const sample = [floats([N, C], 2), floats([C], 1, 1), floats([C], 1, 2)];
  const gradients = () =>
    tf.tidy(() => {
      const w = tf.tensor2d(weights(N * C), [N, C]);
      const f = (x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor) => {
        const [y, rest] = layerNormOfBranch(x as tf.Tensor2D, gain, bias);
        return tf.sum(tf.mul(tf.add(y, tf.square(rest)), w));
      };
      return tf.grads(f)(sample.map(({ shape, data }) => tf.tensor(data, shape)));
    });
  const read = async () => Promise.all(gradients().map((gradient) => gradient.data<'float32'>()));
  await tf.setBackend('cpu');
  const want = await read();
  const gpu = await openGpu();
  const got = await read();
  gpu.check();
  expect(got.length).toBe(3);
  want.forEach((gradient, i) => expectClose(got[i]!, gradient, 1e-5, `gradient ${i}`));
});
