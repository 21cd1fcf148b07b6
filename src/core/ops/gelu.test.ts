import { expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { checkOp, floats } from '../testing/checkOp';
import { gelu, GELU } from './gelu';

test('the values of the tanh form, also far from 0', async () => {
  await tf.setBackend('cpu');
  const x = [-30, -6, -1, 0, 0.5, 3, 30];
  const want = x.map((v) => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))));
  tf.tidy(() => [...gelu(tf.tensor1d(x)).dataSync()].forEach((y, i) => expect(y).toBeCloseTo(want[i]!, 6)));
});
checkOp('gelu', GELU, { x: floats([3, 7], 2) }, undefined);
