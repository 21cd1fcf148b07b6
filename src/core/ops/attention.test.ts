import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkOp, floats, integers, type Sample } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { useWasm } from '../testing/wasm';
import { attention, ATTENTION } from './attention';
import type { Settings } from './attentionForm';

/** Attention by its definition, query by query. */
const byDefinition =
  (sample: Sample, { rows: B, heads: H, kvHeads = H, causal, scale }: Settings): InF64 =>
  ({ qkv, q = qkv!, kv = qkv!, lengths, bias }) => {
    const [width, widthKV] = [(sample['q'] ?? sample['qkv'])!, (sample['kv'] ?? sample['qkv'])!].map(
      (x) => x.shape[1]!,
    );
    const D = qkv ? width! / (H + 2 * kvHeads) : width! / H;
    const [Tq, Tk] = [q.length / width! / B, kv.length / widthKV! / B];
    const startOfKeys = qkv ? H * D : 0;
    const y = new Float64Array(B * Tq * H * D);
    for (let b = 0; b < B; b++) {
      for (let i = 0; i < Tq; i++) {
        for (let h = 0; h < H; h++) {
          const group = Math.floor((h * kvHeads) / H);
          const query = q.subarray((b * Tq + i) * width! + h * D).subarray(0, D);
          const keys = Math.min(lengths?.[b] ?? Tk, causal ? i + 1 : Tk);
          const ofKey = (j: number, part: number): Float64Array =>
            kv.subarray((b * Tk + j) * widthKV! + startOfKeys + (part * kvHeads + group) * D).subarray(0, D);
          const p = Array.from({ length: keys }, (_, j) =>
            Math.exp(
              ofKey(j, 0).reduce((sum, k, d) => sum + k * query[d]!, 0) * (scale ?? 1 / Math.sqrt(D)) +
                (bias?.[(h * Tq + i) * Tk + j] ?? 0),
            ),
          );
          const sum = p.reduce((a, e) => a + e, 0);
          p.forEach((e, j) => {
            ofKey(j, 1).forEach((v, d) => (y[((b * Tq + i) * H + h) * D + d]! += (e / sum) * v));
          });
        }
      }
    }
    return y;
  };
const check = (name: string, sample: Sample, settings: Settings): void =>
  checkOp(name, ATTENTION, sample, settings, byDefinition(sample, settings));

const two = { rows: 2, heads: 2 };
check('causal self-attention', { qkv: floats([2 * 5, 3 * 6], 1.5) }, { ...two, causal: true });
check('attention of one head over one row', { qkv: floats([7, 9]) }, { rows: 1, heads: 1, causal: true });
check('attention over one token', { qkv: floats([3, 12]) }, { rows: 3, heads: 4, causal: true });
check(
  'grouped queries',
  { qkv: floats([2 * 4, (4 + 2 * 2) * 3], 1.5) },
  { rows: 2, heads: 4, kvHeads: 2, causal: true },
);
check(
  'full self-attention over lengths',
  { qkv: floats([3 * 4, 3 * 4], 1.5), lengths: integers([3], [4, 2, 0]) },
  { rows: 3, heads: 2, causal: false },
);
check(
  'causal self-attention over lengths',
  { qkv: floats([3 * 4, 3 * 4], 1.5), lengths: integers([3], [4, 2, 0]) },
  { rows: 3, heads: 2, causal: true },
);
for (const [Tq, Tk] of [
  [2, 5],
  [5, 2],
] as const) {
  check(
    `causal attention of ${Tq} to ${Tk}`,
    { q: floats([2 * Tq, 4], 1.5), kv: floats([2 * Tk, 2 * 4], 1, 1) },
    { ...two, causal: true },
  );
}
check(
  'cross attention without a scale',
  { q: floats([2 * 3, 4]), kv: floats([2 * 5, 2 * 4], 1, 1) },
  { ...two, causal: false, scale: 1 },
);
check(
  'decoding from a cache, grouped queries',
  { q: floats([2, 4 * 2], 1.5), kv: floats([2 * 6, 2 * 2 * 2], 1, 1), lengths: integers([2], [1, 5]) },
  { rows: 2, heads: 4, kvHeads: 2, causal: false },
);

for (const causal of [true, false]) {
  check(
    `${causal ? 'causal' : 'full'} self-attention with a bias`,
    { qkv: floats([2 * 5, 3 * 6], 1.5), bias: floats([2, 5, 5], 2, 3) },
    { ...two, causal },
  );
  check(
    `${causal ? 'causal' : 'full'} attention with a bias, over lengths, grouped queries, no scale`,
    {
      q: floats([3 * 3, 4 * 2], 1.5),
      kv: floats([3 * 5, 2 * 2 * 2], 1, 1),
      lengths: integers([3], [4, 0, 1]),
      bias: floats([4, 3, 5], 2, 3),
    },
    { rows: 3, heads: 4, kvHeads: 2, causal, scale: 1 },
  );
}
check(
  'decoding from a cache with a bias',
  {
    q: floats([2, 4], 1.5),
    kv: floats([2 * 6, 2 * 4], 1, 1),
    lengths: integers([2], [1, 5]),
    bias: floats([2, 1, 6], 2, 3),
  },
  { ...two, causal: false },
);

test('what lies beyond the lengths is never touched', async () => {
  for (const use of [() => tf.setBackend('cpu'), useWasm]) {
    await use();
    const kv = floats([6, 8]).data;
    const y = (unseen: number): ArrayLike<number> =>
      tf.tidy(() => {
        const cache = tf.tensor2d(
          kv.map((value, i) => (i >= 4 * 8 ? unseen : value)),
          [6, 8],
        );
        const from = { q: tf.ones<tf.Rank.R2>([1, 4]), kv: cache, lengths: tf.tensor1d([4], 'int32') };
        return attention(from, { rows: 1, heads: 2, causal: false }).dataSync();
      });
    expect(y(NaN)).toEqual(y(0));
  }
});
test('matrices that do not divide into heads are refused with their sizes', () => {
  const qkv = tf.zeros<tf.Rank.R2>([4, 10]);
  expect(() => attention({ qkv }, { rows: 1, heads: 2, causal: true })).toThrow(/\[4, 10\].*2 heads/);
});
test('a bias of another size is refused with both', () => {
  const [qkv, bias] = [tf.zeros<tf.Rank.R2>([4, 12]), tf.zeros<tf.Rank.R3>([1, 2, 2])];
  expect(() => attention({ qkv, bias }, { rows: 2, heads: 2, causal: true })).toThrow(/\[1, 2, 2\].*\[2, 2, 2\]/);
});
