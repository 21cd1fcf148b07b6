import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkOp, floats, integers, type Sample } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { documentsInRows } from '../../testing/documentsInRows';
import { useWasm } from '../../testing/wasm';
import { bernoulli } from '../base/rng';
import { attention, ATTENTION } from './attention';
import type { Settings } from './attentionForm';

/** Attention by definition, query by query. */
const byDefinition =
  (sample: Sample, { rows: B, heads: H, kvHeads = H, causal, window = Infinity, scale, dropout }: Settings): InF64 =>
  ({ qkv, q = qkv!, kv = qkv!, lengths, places, bias, counter }) => {
    const [width, widthKV] = [(sample['q'] ?? sample['qkv'])!, (sample['kv'] ?? sample['qkv'])!].map(
      (x) => x.shape[1]!,
    );
    const D = qkv ? width! / (H + 2 * kvHeads) : width! / H;
    const [Tq, Tk] = [q.length / width! / B, kv.length / widthKV! / B];
    const startOfKeys = qkv ? H * D : 0;
    const y = new Float64Array(B * Tq * H * D);
    const keep = 1 - (dropout?.probability ?? 0);
    const kept = dropout && bernoulli(counter![0]! >>> 0, dropout.purpose, counter![1]! >>> 0, B * H * Tq * Tk, keep);
    for (let b = 0; b < B; b++) {
      for (let i = 0; i < Tq; i++) {
        for (let h = 0; h < H; h++) {
          const group = Math.floor((h * kvHeads) / H);
          const query = q.subarray((b * Tq + i) * width! + h * D).subarray(0, D);
          const keys = Math.min(lengths?.[b] ?? Tk, causal ? i + 1 : Tk);
          const ofKey = (j: number, part: number): Float64Array =>
            kv.subarray((b * Tk + j) * widthKV! + startOfKeys + (part * kvHeads + group) * D).subarray(0, D);
          const first = Math.max(0, keys - window, places ? i - places[b * Tq + i]! : 0);
          const p = Array.from({ length: keys - first }, (_, n) => {
            const j = first + n;
            return Math.exp(
              ofKey(j, 0).reduce((sum, k, d) => sum + k * query[d]!, 0) * (scale ?? 1 / Math.sqrt(D)) +
                (bias?.[(h * Tq + i) * Tk + j] ?? 0),
            );
          });
          const sum = p.reduce((a, e) => a + e, 0);
          p.forEach((e, n) => {
            const isKept = kept?.[((b * H + h) * Tq + i) * Tk + first + n] ?? 1;
            ofKey(first + n, 1).forEach(
              (v, d) => (y[((b * Tq + i) * H + h) * D + d]! += ((e / sum) * isKept * v) / keep),
            );
          });
        }
      }
    }
    return y;
  };
const check = (name: string, sample: Sample, settings: Settings): void =>
  checkOp(name, ATTENTION, sample, settings, { inF64: byDefinition(sample, settings) });

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

for (const window of [1, 2, 3]) {
  check(
    `causal self-attention in a window of ${window}`,
    { qkv: floats([2 * 5, 3 * 6], 1.5) },
    { ...two, causal: true, window },
  );
}
check(
  'causal attention in a window over lengths, with a bias, grouped queries',
  {
    qkv: floats([3 * 6, (4 + 2 * 2) * 2], 1.5),
    lengths: integers([3], [6, 0, 3]),
    bias: floats([4, 6, 6], 2, 3),
  },
  { rows: 3, heads: 4, kvHeads: 2, causal: true, window: 2 },
);
for (const [Tq, Tk] of [
  [2, 5],
  [6, 3],
] as const) {
  check(
    `causal attention of ${Tq} to ${Tk} in a window`,
    { q: floats([2 * Tq, 4], 1.5), kv: floats([2 * Tk, 2 * 4], 1, 1) },
    { ...two, causal: true, window: 2 },
  );
}
check(
  'decoding from a cache in a window, with a bias',
  {
    q: floats([3, 4 * 2], 1.5),
    kv: floats([3 * 6, 2 * 2 * 2], 1, 1),
    lengths: integers([3], [2, 5, 6]),
    bias: floats([4, 1, 6], 2, 3),
  },
  { rows: 3, heads: 4, kvHeads: 2, causal: false, window: 3 },
);

const documents = documentsInRows([[1, 3, 2], [6], [2, 1, 1, 2]]);
for (const window of [undefined, 2]) {
  check(
    `documents in rows that do not see each other${window ? ', in a window' : ''}`,
    { qkv: floats([3 * 6, (4 + 2 * 2) * 2], 1.5), ...documents },
    { rows: 3, heads: 4, kvHeads: 2, causal: true, ...(window && { window }) },
  );
}
test('refuses documents in rows unless it is self-attention', () => {
  const qkv = tf.zeros<tf.Rank.R2>([6, 6]);
  const [places, ends] = [tf.zeros<tf.Rank.R1>([6], 'int32'), tf.ones<tf.Rank.R1>([6], 'int32')];
  const lengths = tf.tensor1d([6], 'int32');
  for (const [from, causal] of [
    [{ qkv, places, ends }, false],
    [{ qkv, places }, true],
    [{ qkv, places, ends, lengths }, true],
    [{ q: qkv.slice([0, 0], [6, 2]), kv: tf.zeros<tf.Rank.R2>([3, 4]), places, ends }, true],
    [{ qkv, places: lengths, ends }, true],
  ] as const)
    expect(() => attention(from, { rows: 1, heads: 1, causal })).toThrow(/documents/i);
});

const dropout = { probability: 0.4, purpose: 'test' };
const counter = integers([2], [-5, 9]);
check(
  'causal self-attention with dropout',
  { qkv: floats([2 * 5, 3 * 6], 1.5), counter },
  { ...two, causal: true, dropout },
);
check(
  'documents in rows, in a window, with a bias and dropout',
  { qkv: floats([3 * 6, 3 * 4], 1.5), ...documents, bias: floats([2, 6, 6], 2, 3), counter },
  { rows: 3, heads: 2, causal: true, window: 2, dropout },
);
check(
  'attention with dropout over lengths, with a bias, grouped queries, in a window',
  {
    q: floats([3 * 3, 4 * 2], 1.5),
    kv: floats([3 * 5, 2 * 2 * 2], 1, 1),
    lengths: integers([3], [4, 0, 5]),
    bias: floats([4, 3, 5], 2, 3),
    counter,
  },
  { rows: 3, heads: 4, kvHeads: 2, causal: false, window: 3, dropout },
);

test('dropout 0 gives the weights without a counter, and dropout needs a counter', async () => {
  await tf.setBackend('cpu');
  tf.tidy(() => {
    const [qkv, seed] = [tf.tensor2d(floats([10, 18]).data, [10, 18]), tf.tensor1d([1, 2], 'int32')];
    const settings = { ...two, causal: true };
    const none = attention({ qkv, counter: seed }, { ...settings, dropout: { ...dropout, probability: 0 } });
    expect(none.dataSync()).toEqual(attention({ qkv }, settings).dataSync());
    expect(() => attention({ qkv }, { ...settings, dropout })).toThrow(/needs a counter/);
  });
});

// On the host, queries with a window run 32 at a time.
check(
  'causal self-attention in a window that many queries pass by, over lengths, with dropout',
  { qkv: floats([2 * 35, 3 * 2], 1.5), lengths: integers([2], [34, 3]), counter },
  { rows: 2, heads: 1, causal: true, window: 5, dropout },
);
check(
  'causal attention in a window that many queries pass by, with a bias',
  { q: floats([33, 1], 1.5), kv: floats([34, 2], 1, 1), bias: floats([1, 33, 34], 2, 3) },
  { rows: 1, heads: 1, causal: true, window: 3 },
);
check(
  'causal attention in a window wider than a block',
  { qkv: floats([41, 3], 1.5) },
  { rows: 1, heads: 1, causal: true, window: 39 },
);

test('a window covers i - window < j <= i, and a window over all keys equals none', async () => {
  const [T, D] = [6, 4];
  const y = (window: number | undefined, data: Float32Array): ArrayLike<number> =>
    tf.tidy(() => {
      const settings = { rows: 1, heads: 1, causal: true, ...(window !== undefined && { window }) };
      return attention({ qkv: tf.tensor2d(data, [T, 3 * D]) }, settings).dataSync();
    });
  for (const use of [() => tf.setBackend('cpu'), useWasm]) {
    await use();
    const { data } = floats([T, 3 * D]);
    const changed = data.map((value, i) => (i < 3 * D ? value + 1 : value)); // the first token's row
    for (const window of [1, 2, 5]) {
      const [before, after] = [y(window, data), y(window, changed)];
      const differs = Array.from({ length: T }, (_, i) =>
        Array.from({ length: D }, (_, d) => before[i * D + d] !== after[i * D + d]).some(Boolean),
      );
      expect(differs).toEqual(Array.from({ length: T }, (_, i) => i < window));
    }
    for (const window of [T, T + 1]) expect(y(window, data)).toEqual(y(undefined, data));
  }
});
test('refuses an invalid window and names it', () => {
  const qkv = tf.zeros<tf.Rank.R2>([4, 12]);
  for (const window of [0, 1.5]) {
    expect(() => attention({ qkv }, { rows: 2, heads: 2, causal: true, window })).toThrow(`window is ${window}`);
  }
});

test("doesn't touch values beyond the lengths", async () => {
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
test("refuses matrices that don't divide into heads, with their sizes", () => {
  const qkv = tf.zeros<tf.Rank.R2>([4, 10]);
  expect(() => attention({ qkv }, { rows: 1, heads: 2, causal: true })).toThrow(/\[4, 10\].*2 heads/);
});
test('refuses a bias of another size, with both sizes', () => {
  const [qkv, bias] = [tf.zeros<tf.Rank.R2>([4, 12]), tf.zeros<tf.Rank.R3>([1, 2, 2])];
  expect(() => attention({ qkv, bias }, { rows: 2, heads: 2, causal: true })).toThrow(/\[1, 2, 2\].*\[2, 2, 2\]/);
});
