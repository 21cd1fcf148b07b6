/** What a layer of Llama costs in dispatches, forward and backward: counted as what a second one adds. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { countCalls } from '../testing/dawn';
import { attend } from './cache';
import { dense, mlp, preNorm } from './layers';

const [rows, T, width, heads, kvHeads, D, hidden] = [2, 8, 16, 4, 2, 8, 24];
const SHAPES: Readonly<Record<string, number[]>> = {
  'norm_1.weight': [width],
  'qkv.weight': [width, (heads + 2 * kvHeads) * D],
  'out.weight': [heads * D, width],
  'norm_2.weight': [width],
  'mlp.c_fc.weight': [width, 2 * hidden],
  'mlp.c_proj.weight': [hidden, width],
};
const GAINS: Readonly<Record<string, number[]>> = { 'q.weight': [D], 'k.weight': [D] };
const NORM = { kind: 'rmsNorm', epsilon: 1e-5 } as const;

function layer(x: Tensor2D, weights: Readonly<Record<string, Tensor>>, isNormed: boolean): Tensor2D {
  const qkNorm = { q: weights['q.weight']!, k: weights['k.weight']!, epsilon: 1e-6 };
  const rope = { base: 10_000, ...(isNormed && { qkNorm }) };
  const [before, past] = preNorm(weights, 'norm_1', x, NORM);
  const mixed = attend(dense(weights, 'qkv', before), { rows, heads, kvHeads, rope, window: 5 }, 0);
  const [between, residual] = preNorm(weights, 'norm_2', dense(weights, 'out', mixed, { residual: past }), NORM);
  return mlp(weights, ['mlp.c_fc', 'mlp.c_proj'], between, { activation: 'silu', gated: true }, { residual });
}

test.each([
  ['Llama', false, 22],
  ['Qwen3, whose heads are normed', true, 23],
])('a layer of %s, in a window', async (_, isNormed, most) => {
  const gpu = await openGpu();
  const calls = countCalls();
  const shapes = Object.entries({ ...SHAPES, ...(isNormed && GAINS) });
  const dispatches = (layers: number): number => {
    calls.reset();
    tf.tidy(() => {
      const weights = Array.from({ length: layers }, () => shapes.map(([, shape]) => tf.ones(shape)));
      const loss = (...given: Tensor[]): tf.Scalar => {
        let x = given[0] as Tensor2D;
        for (let i = 0; i < layers; i++) {
          const own = given.slice(1 + i * shapes.length);
          x = layer(x, Object.fromEntries(shapes.map(([name], n) => [name, own[n]!])), isNormed);
        }
        return tf.sum(x);
      };
      tf.grads(loss)([tf.ones([rows * T, width]), ...weights.flat()]);
    });
    return calls.dispatches;
  };
  for (const layers of [1, 2]) dispatches(layers); // fills tensors
  expect(dispatches(3) - dispatches(2)).toBe(most);
  gpu.check();
});
