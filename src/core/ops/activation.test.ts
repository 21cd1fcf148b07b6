import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS, SLOPES_IN_F64 } from '../testing/activations';
import { checkOp, floats } from '../testing/checkOp';
import { HOST_BACKENDS } from '../testing/wasm';
import { ACTIVATION, activation, ACTIVATIONS } from './activation';

test('the tests know all of them', () => {
  expect([...ALL_ACTIVATIONS].sort()).toEqual(Object.keys(ACTIVATIONS).sort());
});

describe.each(ALL_ACTIVATIONS)('%s', (kind) => {
  test.each(HOST_BACKENDS)('its values and its slopes on %s, also far from 0', async (_, use) => {
    await use();
    const x = Float32Array.of(-30, -6, -3, -1, -1e-3, 0, 0.5, 3, 6, 30);
    tf.tidy(() => {
      const given = tf.tensor1d(x);
      activation(given, kind)
        .dataSync<'float32'>()
        .forEach((y, i) => expect(y).toBeCloseTo(ACTIVATIONS_IN_F64[kind](x[i]!), 6));
      tf.grad((each: tf.Tensor) => tf.sum(activation(each, kind)))(given)
        .dataSync<'float32'>()
        .forEach((slope, i) => expect(slope).toBeCloseTo(SLOPES_IN_F64[kind](x[i]!), 6));
    });
  });
  checkOp('on [3, 7]', ACTIVATION, { x: floats([3, 7], 2) }, kind, ({ x }) => x!.map(ACTIVATIONS_IN_F64[kind]));
});
