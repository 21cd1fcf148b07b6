import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkOp, expectClose, floats, weights } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { LAYER_NORM, layerNorm, layerNormOfBranch } from './layerNorm';

const byDefinition: InF64 = ({ x, gain, bias }) => {
  const C = gain!.length;
  return x!.map((value, i) => {
    const row = x!.subarray(i - (i % C)).subarray(0, C);
    const mean = row.reduce((sum, v) => sum + v, 0) / C;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / C;
    return ((value - mean) / Math.sqrt(variance + 1e-5)) * gain![i % C]! + bias![i % C]!;
  });
};

checkOp(
  'layerNorm',
  LAYER_NORM,
  { x: floats([5, 9], 2), gain: floats([9], 1, 1), bias: floats([9], 1, 2) },
  { epsilon: 1e-5 },
  byDefinition,
);
checkOp(
  'layerNorm of one row far from 0',
  LAYER_NORM,
  { x: { shape: [1, 4], data: Float32Array.of(3, 5, 4, 7) }, gain: floats([4]), bias: floats([4]) },
  { epsilon: 1e-5 },
  byDefinition,
);

test('on a branch, x has the gradient of both ways, and nothing is left behind', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const sample = [floats([5, 9], 2), floats([9], 1, 1), floats([9], 1, 2)];
    const inputs = sample.map(({ shape, data }) => tf.tensor(data, shape));
    const w = tf.tensor2d(weights(45), [5, 9]);
    const both = (norm: typeof layerNormOfBranch) =>
      tf.grads((x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor) => {
        const [y, rest] = norm(x as tf.Tensor2D, gain, bias);
        return tf.sum(tf.mul(tf.add(y, tf.square(rest)), w));
      })(inputs);
    const got = both(layerNormOfBranch);
    const want = both((x, gain, bias) => [layerNorm(x, gain, bias), x]);
    want.forEach((gradient, i) => expectClose(got[i]!.dataSync(), gradient.dataSync(), 1e-6, `gradient ${i}`));
  });
  expect(tf.memory().numTensors).toBe(before);
});
