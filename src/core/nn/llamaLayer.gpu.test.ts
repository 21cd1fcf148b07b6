/** Counts the dispatches of one Llama layer, forward and backward: those that an additional layer adds. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { countCalls } from '../../testing/dawn';
import { attend } from './cache';
import { dense, mlp, postNorm, preNorm } from './layers';

const [rows, T, width, heads, kvHeads, D, hidden] = [2, 8, 16, 4, 2, 8, 24];
const SHAPES: Readonly<Record<string, number[]>> = {
  'norm_1.weight': [width],
  'qkv.weight': [width, (heads + 2 * kvHeads) * D],
  'out.weight': [heads * D, width],
  'norm_2.weight': [width],
  'mlp.c_fc.weight': [width, 2 * hidden],
  'mlp.c_proj.weight': [hidden, width],
};
interface Switches {
  qkNorm?: 'heads' | 'rows';
  isAfter?: true;
}
const gainsOf = ({ qkNorm }: Switches): Readonly<Record<string, number[]>> => ({
  ...(qkNorm === 'heads' && { 'q.weight': [D], 'k.weight': [D] }),
  ...(qkNorm === 'rows' && { 'q.weight': [heads * D], 'k.weight': [kvHeads * D] }),
});
const NORM = { kind: 'rmsNorm', epsilon: 1e-5 } as const;

function layer(x: Tensor2D, weights: Readonly<Record<string, Tensor>>, { qkNorm: over, isAfter }: Switches): Tensor2D {
  const qkNorm = over && { over, q: weights['q.weight']!, k: weights['k.weight']!, epsilon: 1e-6 };
  const rope = { base: 10_000, ...(qkNorm && { qkNorm }) };
  const attention = (read: Tensor2D): Tensor2D =>
    attend(dense(weights, 'qkv', read), { rows, heads, kvHeads, rope, window: 5 }, 0);
  const swiglu = (read: Tensor2D, more: { residual?: Tensor2D } = {}): Tensor2D =>
    mlp(weights, ['mlp.c_fc', 'mlp.c_proj'], read, { activation: 'silu', gated: true }, more);
  if (isAfter) {
    const y = postNorm(weights, 'norm_1', dense(weights, 'out', attention(x)), NORM, { residual: x });
    return postNorm(weights, 'norm_2', swiglu(y), NORM, { residual: y });
  }
  const [before, past] = preNorm(weights, 'norm_1', x, NORM);
  const mixed = attention(before);
  const [between, residual] = preNorm(weights, 'norm_2', dense(weights, 'out', mixed, { residual: past }), NORM);
  return swiglu(between, { residual });
}

test.each<[string, Switches, number]>([
  ['Llama', {}, 22],
  ['Qwen3, whose heads are normed', { qkNorm: 'heads' }, 23],
  ['OLMo 2, whose rows are normed, and branches after they were computed', { qkNorm: 'rows', isAfter: true }, 27],
])('dispatches of a layer of %s, with a window', async (_, switches, max) => {
  const gpu = await openGpu();
  const calls = countCalls();
  const shapes = Object.entries({ ...SHAPES, ...gainsOf(switches) });
  const dispatches = (layers: number): number => {
    calls.reset();
    tf.tidy(() => {
      const weights = Array.from({ length: layers }, () => shapes.map(([, shape]) => tf.ones(shape)));
      const loss = (...given: Tensor[]): tf.Scalar => {
        let x = given[0] as Tensor2D;
        for (let i = 0; i < layers; i++) {
          const own = given.slice(1 + i * shapes.length);
          x = layer(x, Object.fromEntries(shapes.map(([name], n) => [name, own[n]!])), switches);
        }
        return tf.sum(x);
      };
      tf.grads(loss)([tf.ones([rows * T, width]), ...weights.flat()]);
    });
    return calls.dispatches;
  };
  for (const layers of [1, 2]) dispatches(layers); // fills tensors
  expect(dispatches(3) - dispatches(2)).toBe(max);
  gpu.check();
});
