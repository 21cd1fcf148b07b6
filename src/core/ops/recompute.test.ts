import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Variable } from '@tensorflow/tfjs';
import { beforeEach, expect, test } from 'vitest';
import { expectClose, floats } from '../../testing/checkOp';
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
    x = again ? recompute(f, [x]) : f(x);
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

test('gives the same bits in less memory, without leaks', async () => {
  const before = tf.memory().numTensors;
  const [kept, again] = [await gradients(false), await gradients(true)];
  expect(again.read).toEqual(kept.read);
  expect(again.bytes).toBeLessThan(0.5 * kept.bytes);
  expect(tf.memory().numTensors).toBe(before);
});

test('trains every variable that it reads, and passes gradients to tensor inputs', () => {
  const shared = tf.variable(tf.tensor1d(floats([6], 0.5, 20).data));
  const learn = (again: boolean) => {
    const { value, grads } = tf.variableGrads(() => {
      // As in T5: one bias for all blocks, computed from a weight.
      const bias = tf.square(shared) as unknown as Tensor2D;
      let x = tf.tensor2d(floats([4, 6]).data, [4, 6]);
      for (const weight of weights) {
        const f = (input: Tensor2D, added: Tensor2D): Tensor2D =>
          tf.mul(tf.tanh(tf.add(linear(input, weight as unknown as Tensor2D), added)), shared);
        x = again ? recompute(f, [x, bias]) : f(x, bias);
      }
      return tf.sum(tf.square(x));
    });
    return [value, ...Object.values(grads)].map((tensor) => [...tensor.dataSync()]);
  };
  tf.tidy(() => {
    const [kept, again] = [learn(false), learn(true)];
    expect(kept).toHaveLength(2 + LAYERS);
    kept.forEach((values, i) => expectClose(again[i]!, values, 1e-6, `gradient ${i}`));
  });
  shared.dispose();
});

test('refuses other tensors on the way to the loss when it reads them, but not earlier constants', () => {
  const [weight] = weights as [Variable];
  const reads = (other: () => tf.Tensor) =>
    tf.tidy(() =>
      tf.variableGrads(() => {
        const x = tf.mul(weight, 2);
        const read = other();
        return tf.sum(recompute((input) => tf.mul(tf.mul(input, read), weight), [x]));
      }),
    );
  expect(() => reads(() => tf.square(weight))).toThrow('reads a tensor [6, 6] that isn’t one of its inputs');
  const frozen = tf.variable(tf.tensor(weights[1]!.dataSync(), [6, 6]), false) as unknown as Tensor2D;
  const made = () => linear(frozen, frozen); // also a constant: the backward pass would find it disposed
  expect(() => reads(made)).toThrow('reads a tensor [6, 6] that isn’t one of its inputs');
  frozen.dispose();
  const mask = tf.ones([6, 6]);
  expect(Object.keys(reads(() => mask).grads)).toEqual([weight.name]);
  mask.dispose();
});
