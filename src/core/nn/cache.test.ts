import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { attention } from '../ops/attention';
import { qkNorm } from '../ops/qkNorm';
import { qkNormRows } from '../ops/qkNormRows';
import { rope } from '../ops/rope';
import { expectClose, floats } from '../../testing/checkOp';
import { attend, type Cache, positionsOf, relativePositionsOf } from './cache';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
const place = (n: number): Tensor1D => tf.tensor1d([n], 'int32');

test.each(['no bias', 'a bias by distance'])(
  'heads that share keys: cached attention (several tokens, then one at a time) equals full attention, with %s',
  (kind) => {
    const [T, settings] = [6, { rows: 1, heads: 4, kvHeads: 2 }];
    tf.tidy(() => {
      const qkv = tf.tensor2d(floats([T, 24]).data, [T, 24]); // heads of 3: 12 columns of queries, 6 of keys, 6 of values
      const table = kind === 'no bias' ? undefined : tf.tensor2d(floats([5, 4], 3).data, [5, 4]);
      const biasOf = (tokens: number, cache?: Cache) => table && { bias: relativePositionsOf(table, tokens, 4, cache) };
      const want = attention({ qkv, ...biasOf(T) }, { ...settings, causal: true });
      const layers = [0, 1].map((): Variable => tf.variable(tf.fill([8, 12], 9)));
      const rows = (from: number, count: number): Tensor2D => {
        const cache = { position: place(from), length: place(from + count), layers };
        return attend(tf.slice(qkv, [from, 0], [count, -1]), settings, 1, { cache, ...biasOf(count, cache) });
      };
      const got = tf.concat([rows(0, 3), rows(3, 1), rows(4, 1), rows(5, 1)]);
      expectClose(got.dataSync(), want.dataSync(), 1e-6, 'attended');
      expect([...layers[0]!.dataSync()].every((x) => x === 9)).toBe(true);
      tf.dispose(layers);
    });
  },
);
test.each([
  ['rotary positions', undefined],
  ['rotary positions and normed heads, in a window', 'heads'],
  ['rotary positions and normed rows, in a window', 'rows'],
] as const)('also with %s, with a custom head size', (_, over) => {
  tf.tidy(() => {
    const [T, D] = [6, 6];
    const qkv = tf.tensor2d(floats([T, 8 * D]).data, [T, 8 * D]);
    const gain = (heads: number, seed: number) => {
      const size = over === 'rows' ? heads * D : D;
      return tf.tensor1d(floats([size], 1, seed).data);
    };
    const gains = { q: gain(4, 1), k: gain(2, 2) };
    const settings = {
      ...{ rows: 1, heads: 4, kvHeads: 2 },
      rope: { base: 100, ...(over && { qkNorm: { over, ...gains, epsilon: 1e-6 } }) },
      ...(over && { window: 3 }),
    };
    const places = { rows: 1, heads: 6, headSize: D, base: 100 };
    const turned =
      over === 'heads'
        ? qkNorm(qkv, gains, { rows: 1, heads: 4, kvHeads: 2, base: 100, epsilon: 1e-6 })
        : rope(over ? qkNormRows(qkv, gains, 1e-6) : qkv, places);
    const { rope: _rope, ...plain } = settings;
    const want = attention({ qkv: turned }, { ...plain, causal: true });
    expectClose(attend(qkv, settings, 0).dataSync(), want.dataSync(), 1e-6, 'at once');
    const layers = [tf.variable(tf.fill<tf.Rank.R2>([8, 4 * D], 9))];
    const rows = (from: number, count: number): Tensor2D => {
      const cache = { position: place(from), length: place(from + count), layers };
      return attend(tf.slice(qkv, [from, 0], [count, -1]), settings, 0, { cache });
    };
    expectClose(
      tf.concat([rows(0, 3), rows(3, 1), rows(4, 1), rows(5, 1)]).dataSync(),
      want.dataSync(),
      1e-6,
      'in turn',
    );
    tf.dispose(layers);
  });
});
test('a single token after others is at the position in the cache', () => {
  tf.tidy(() => {
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const cache = { position: place(2), length: place(3), layers: [] };
    expect([...positionsOf(table, 1, cache).dataSync()]).toEqual([5, 6]);
    expect(positionsOf(table, 3, cache)).toBe(table);
    expect(positionsOf(table, 1)).toBe(table);
  });
});
