import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { checkOp, floats } from '../testing/checkOp';
import { packed, roundedToHalf, sizesOf, widened } from './halves';
import { LINEAR } from './linear';

beforeAll(() => tf.setBackend('cpu'));

const { data } = floats([4, 8], 0.4);

test('a matrix in halves is the one of rounded numbers, with half of the columns in whole numbers', () => {
  tf.tidy(() => {
    const weight = tf.tensor2d(packed(data), [4, 4], 'int32');
    expect(sizesOf(weight)).toEqual([4, 8]);
    expect(widened(weight).dataSync()).toEqual(roundedToHalf(data));
    const whole = tf.tensor2d(data, [4, 8]);
    expect([sizesOf(whole), widened(whole)]).toEqual([[4, 8], whole]);
  });
  roundedToHalf(data).forEach((x, i) => expect(Math.abs(x - data[i]!)).toBeLessThanOrEqual(2 ** -11 * Math.abs(x)));
});

checkOp(
  'linear by a weight in halves',
  LINEAR,
  { x: floats([3, 4]), weight: { shape: [4, 4], data: packed(data) } },
  undefined,
);
