import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS, SLOPES_IN_F64 } from '../testing/activations';
import { floats } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { ACTIVATION, activation } from './activation';

for (const kind of ALL_ACTIVATIONS) {
  for (const shape of [[1], [3, 5], [65, 4], [127, 7], [70_000, 5]]) {
    checkOnGpu(`${kind} of [${shape.join(', ')}]`, ACTIVATION, { x: floats(shape, 30) }, kind);
  }
}

test.each(ALL_ACTIVATIONS)('%s and its slope are as exact as f32, from -10 to 10', async (kind) => {
  const gpu = await openGpu();
  const x = Float32Array.from({ length: 20_001 }, (_, i) => i / 1000 - 10);
  const [y, slope] = tf.tidy(() => {
    const given = tf.tensor1d(x);
    return [activation(given, kind), tf.grad((each: tf.Tensor) => tf.sum(activation(each, kind)))(given)] as const;
  });
  const [values, slopes] = await Promise.all([y.data<'float32'>(), slope.data<'float32'>()]);
  tf.dispose([y, slope]);
  gpu.check();
  const worst = (got: Float32Array, want: (x: number) => number, scale: (x: number) => number) =>
    Math.max(...got.map((value, i) => Math.abs(value - want(x[i]!)) / scale(x[i]!)));
  // 2^-21: four times what rounding alone does to 1.
  expect(worst(values, ACTIVATIONS_IN_F64[kind], (each) => Math.max(Math.abs(each), 1e-3))).toBeLessThan(2 ** -21);
  expect(worst(slopes, SLOPES_IN_F64[kind], (each) => 1 + Math.abs(each))).toBeLessThan(2 ** -21);
});
