import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS, SLOPES_IN_F64 } from '../../testing/activations';
import { checkOp, floats } from '../../testing/checkOp';
import { HOST_BACKENDS } from '../../testing/wasm';
import { activation, ACTIVATION, ACTIVATIONS } from './activation';
import { openGpu } from '../gpu/backend';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  test('the tests cover all activations', () => {
    expect([...ALL_ACTIVATIONS].sort()).toEqual(Object.keys(ACTIVATIONS).sort());
  });

  describe.each(ALL_ACTIVATIONS)('%s', (kind) => {
    test.each(HOST_BACKENDS)('values and slopes on %s, also far from 0', async (_, use) => {
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
    checkOp('on [3, 7]', ACTIVATION, { x: floats([3, 7], 2) }, kind, {
      inF64: ({ x }) => x!.map(ACTIVATIONS_IN_F64[kind]),
    });
  });
});

onGpu(() => {
  for (const kind of ALL_ACTIVATIONS) {
    for (const shape of [[1], [3, 5], [65, 4], [127, 7], [3000, 5]]) {
      checkOp(`${kind} of [${shape.join(', ')}]`, ACTIVATION, { x: floats(shape, 30) }, kind);
    }
  }

  test.each(ALL_ACTIVATIONS)('%s and its slope are accurate to f32, from -10 to 10', async (kind) => {
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
    // 2^-21: four times the rounding error near 1.
    expect(worst(values, ACTIVATIONS_IN_F64[kind], (each) => Math.max(Math.abs(each), 1e-3))).toBeLessThan(2 ** -21);
    expect(worst(slopes, SLOPES_IN_F64[kind], (each) => 1 + Math.abs(each))).toBeLessThan(2 ** -21);
  });
});
