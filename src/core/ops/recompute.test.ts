import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Variable } from '@tensorflow/tfjs';
import { beforeEach, expect, test } from 'vitest';
import { floats } from '../testing/checkOp';
import { dropout } from './dropout';
import { linear } from './linear';
import { recompute } from './recompute';

const LAYERS = 8;
let weights: Variable[];
let counter: tf.Tensor;
beforeEach(async () => {
  await tf.setBackend('cpu');
  weights = tf.tidy(() =>
    Array.from({ length: LAYERS }, (_, i) => {
      const { data, shape } = floats([6, 6], 0.5, i);
      return tf.variable(tf.tensor(data, shape));
    }),
  );
  counter = tf.tensor1d([1, 2], 'int32');
  return () => tf.dispose([weights, counter]);
});

/** A stack that uses its input twice, needs random numbers, and shares its first weight with its end. */
function loss(again: boolean): tf.Scalar {
  let x = tf.tensor2d(floats([40, 6]).data, [40, 6]);
  weights.forEach((weight, i) => {
    const f = (input: Tensor2D): Tensor2D => {
      const wide = tf.tanh(tf.concat([linear(input, weight as unknown as Tensor2D), input], 1));
      const dropped = dropout(wide, counter, { probability: 0.2, purpose: `layer ${i}` }) as Tensor2D;
      return tf.add(tf.slice(dropped, [0, 3], [-1, 6]), input);
    };
    x = again ? recompute(f, [x], [weight]) : f(x);
  });
  return tf.mean(tf.matMul(x, weights[0] as unknown as Tensor2D));
}
async function gradients(again: boolean) {
  const before = tf.memory().numBytes;
  let found: { value: tf.Scalar; grads: tf.NamedTensorMap };
  const { peakBytes } = await tf.profile(() => {
    found = tf.variableGrads(() => loss(again), weights);
    return found.value;
  });
  const { value, grads } = found!;
  const read = [value, ...weights.map(({ name }) => grads[name]!)].map((tensor) => [...tensor.dataSync()]);
  tf.dispose([value, grads]);
  return { read, bytes: peakBytes - before };
}

test('gives the same bits in less memory, and leaves nothing behind', async () => {
  const before = tf.memory().numTensors;
  const [kept, again] = [await gradients(false), await gradients(true)];
  expect(again.read).toEqual(kept.read);
  expect(again.bytes).toBeLessThan(0.5 * kept.bytes);
  expect(tf.memory().numTensors).toBe(before);
});
