import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { floats } from '../../testing/checkOp';
import { capBindings } from '../../testing/dawn';
import { IS_LIKELIEST } from './likeliest';

test.each([
  [1, 3, 65, 'one binding'],
  [65, 5, 127, 'one binding'],
  [7, 4, 700, 'one binding', 'biased'],
  [5, 33, 700, 'two bindings', 'biased'],
  [130, 33, 70, 'one binding'],
  [3, 100, 250, 'two bindings'],
] as const)(
  'whether the target is the likeliest: %i rows of %i by %i tokens in %s %s',
  async (N, C, V, bindings, biased?) => {
    const [x, w, b] = [floats([N, C]), floats([V, C], 1, 1), floats([V], 1, 2)];
    const right = async (implementation: 'webgpu' | 'reference', targets: Int32Array, logitBytes?: number) => {
      const y = tf.tidy(() => {
        const scored = {
          hidden: tf.tensor2d(x.data, [N, C]),
          classifier: tf.tensor2d(w.data, [V, C]),
          ...(biased && { bias: tf.tensor1d(b.data) }),
        };
        return IS_LIKELIEST[implementation]!(scored, tf.tensor1d(targets, 'int32'), logitBytes);
      });
      const values = await y.data();
      y.dispose();
      return [...values];
    };
    await tf.setBackend('cpu');
    const best = tf.tidy(() => {
      const z = tf.matMul(tf.tensor2d(x.data, [N, C]), tf.tensor2d(w.data, [V, C]), false, true);
      return tf.argMax(biased ? tf.add(z, tf.tensor1d(b.data)) : z, 1).dataSync<'int32'>();
    });
    // One third is right, one third wrong, one third masked.
    const targets = best.map((id, n) => (n % 3 === 0 ? id : n % 3 === 1 ? (id + 1) % V : -1));
    const want = [...targets].map((_, n) => (n % 3 === 0 ? 1 : 0));
    expect(await right('reference', targets)).toEqual(want);
    expect(await right('reference', targets, 4 * V)).toEqual(want);
    const gpu = await openGpu();
    const cap = bindings === 'two bindings' ? capBindings(gpu.device, 64 * 2 ** 10) : undefined;
    const got = await right('webgpu', targets).finally(() => cap?.undo());
    gpu.check();
    expect(got).toEqual(want);
  },
);

test('the first token wins a tie', async () => {
  const scores = (implementation: 'webgpu' | 'reference') => {
    const scored = { hidden: tf.ones<tf.Rank.R2>([2, 1]), classifier: tf.ones<tf.Rank.R2>([70, 1]) };
    return IS_LIKELIEST[implementation]!(scored, tf.tensor1d([0, 69], 'int32')).data();
  };
  await tf.setBackend('cpu');
  expect([...(await scores('reference'))]).toEqual([1, 0]);
  await openGpu();
  expect([...(await scores('webgpu'))]).toEqual([1, 0]);
});
