import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { rounded } from '../base/rest';
import { checkOp, floats } from '../testing/checkOp';
import { LINEAR } from './linear';
import { packed, restOf, sizesOf, widened } from './resting';

beforeAll(() => tf.setBackend('cpu'));

const matrix = floats([4, 64], 0.4);

test.each(['f16', 'q8'] as const)('a matrix in %s is the one of rounded numbers, in whole numbers', (rest) => {
  tf.tidy(() => {
    const { shape, data } = packed(matrix, rest);
    const weight = tf.tensor(data, shape, 'int32') as unknown as tf.Tensor2D;
    expect([restOf(weight), sizesOf(weight)]).toEqual([rest, [4, 64]]);
    expect(widened(weight).dataSync()).toEqual(rounded(matrix.data, rest));
    const whole = tf.tensor2d(matrix.data, [4, 64]);
    expect([restOf(whole), sizesOf(whole), widened(whole)]).toEqual([undefined, [4, 64], whole]);
  });
});

for (const rest of ['f16', 'q8'] as const) {
  const weight = packed(matrix, rest);
  checkOp(`linear by a weight in ${rest}`, LINEAR, { x: floats([3, 4]), weight }, undefined);
}
