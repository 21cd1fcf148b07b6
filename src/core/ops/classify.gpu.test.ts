import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectClose, floats } from '../../testing/checkOp';
import { capBindings } from '../../testing/dawn';
import { CLASSIFY } from './classify';

test.each([
  [1, 3, 65, 'one binding'],
  [3, 65, 1, 'one binding'],
  [65, 5, 127, 'one binding'],
  [127, 16, 70, 'one binding'],
  [32_800, 2, 3, 'one binding'], // more workgroups than one grid dimension allows (`row` in gpu/dispatch.ts)
  [3, 65, 7, 'one binding', 'biased'],
  [2, 16, 64, 'one binding', 'biased'],
  [1, 100, 250, 'two bindings'],
  [5, 33, 700, 'two bindings'],
  [5, 33, 700, 'two bindings', 'biased'],
] as const)('scores of %i rows of %i by %i tokens in %s %s', async (N, C, V, bindings, biased?) => {
  const [x, w, b] = [floats([N, C]), floats([V, C], 1, 1), floats([V], 1, 2)];
  const scores = async (implementation: 'webgpu' | 'reference') => {
    const y = tf.tidy(() =>
      CLASSIFY[implementation]!({
        hidden: tf.tensor2d(x.data, [N, C]),
        classifier: tf.tensor2d(w.data, [V, C]),
        ...(biased && { bias: tf.tensor1d(b.data) }),
      }),
    );
    expect(y.shape).toEqual([N, V]);
    const values = await y.data();
    y.dispose();
    return values;
  };
  await tf.setBackend('cpu');
  const want = await scores('reference');
  const gpu = await openGpu();
  const before = tf.memory().numTensors;
  const cap = bindings === 'two bindings' ? capBindings(gpu.device, 64 * 2 ** 10) : undefined;
  const got = await scores('webgpu').finally(() => cap?.undo());
  gpu.check();
  expectClose(got, want, 1e-5, 'scores');
  expect(tf.memory().numTensors).toBe(before);
});
