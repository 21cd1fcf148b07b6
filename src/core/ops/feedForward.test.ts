import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { ACTIVATIONS_IN_F64, ALL_ACTIVATIONS } from '../testing/activations';
import { checkOp, floats } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import type { Activation } from './activation';
import { FEED_FORWARD, feedForward, type FeedForwardInputs } from './feedForward';

const [N, C, H, O] = [5, 3, 7, 4];
const matrices = { x: floats([N, C]), inWeight: floats([C, H], 0.8, 1), outWeight: floats([H, O], 0.8, 3) };
const biases = { inBias: floats([H], 0.5, 2), outBias: floats([O], 0.5, 4) };
const residual = floats([N, O], 1, 5);

/** a [rows, K] b [K, columns] + bias */
function product(a: Float64Array, b: Float64Array, columns: number, bias?: Float64Array): Float64Array {
  const K = b.length / columns;
  return Float64Array.from({ length: (a.length / K) * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = bias?.[column] ?? 0;
    for (let k = 0; k < K; k++) sum += a[row * K + k]! * b[k * columns + column]!;
    return sum;
  });
}
const byDefinition =
  (activation: Activation): InF64 =>
  ({ x, inWeight, inBias, outWeight, outBias, residual }) => {
    const inner = product(x!, inWeight!, H, inBias).map(ACTIVATIONS_IN_F64[activation]);
    return product(inner, outWeight!, O, outBias).map((y, i) => y + (residual?.[i] ?? 0));
  };

for (const activation of ALL_ACTIVATIONS) {
  const check = (what: string, sample: Parameters<typeof checkOp>[2]) =>
    checkOp(`feedForward by ${activation}, ${what}`, FEED_FORWARD, sample, activation, byDefinition(activation));
  check('without biases', matrices);
  check('with biases', { ...matrices, ...biases });
  check('with biases and residual', { ...matrices, ...biases, residual });
}

describe.each(ALL_ACTIVATIONS)('feedForward gated by %s', (activation) => {
  test.each([true, false])('is its definition; with biases: %s', async (withBiases) => {
    await tf.setBackend('cpu');
    const given = {
      ...matrices,
      inWeight: floats([C, 2 * H], 0.8, 1),
      ...(withBiases && { ...biases, inBias: floats([2 * H], 0.5, 2) }),
      residual,
    };
    const sample = Object.fromEntries(Object.entries(given).map(([name, { data }]) => [name, Float64Array.from(data)]));
    const wide = product(sample['x']!, sample['inWeight']!, 2 * H, sample['inBias']);
    const inner = Float64Array.from({ length: N * H }, (_, i) => {
      const gate = Math.floor(i / H) * 2 * H + (i % H);
      return ACTIVATIONS_IN_F64[activation](wide[gate]!) * wide[gate + H]!;
    });
    const want = product(inner, sample['outWeight']!, O, sample['outBias']).map((y, i) => y + residual.data[i]!);
    tf.tidy(() => {
      const x = Object.fromEntries(
        Object.entries(given).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
      );
      feedForward(x as unknown as FeedForwardInputs, { activation, gated: true })
        .dataSync<'float32'>()
        .forEach((y, i) => expect(y).toBeCloseTo(want[i]!, 5));
    });
  });
});
