import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOp, floats, integers, type Sample } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { documentsInRows } from '../testing/documentsInRows';
import { useWasm } from '../testing/wasm';
import { bernoulli } from '../base/rng';
import { attention, ATTENTION } from './attention';
import type { Settings } from './attentionForm';
import { openGpu } from '../gpu/backend';
import { limit } from '../testing/dawn';
import { HARDWARE, pretend, PROCESSOR_WITHOUT_SUBGROUPS, WITHOUT_SUBGROUPS } from '../testing/pretend';
import { loadStrategy, rowLoader } from './attentionRows.wgsl';
import { onGpu, onHosts } from '../testing/devices';

onHosts(() => {
  /** Attention by its definition, query by query. */
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
  test('documents in rows are refused where attention is not of a row to itself', () => {
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

  test('weights of which none are dropped are as without a counter, and dropping needs one', async () => {
    await tf.setBackend('cpu');
    tf.tidy(() => {
      const [qkv, seed] = [tf.tensor2d(floats([10, 18]).data, [10, 18]), tf.tensor1d([1, 2], 'int32')];
      const settings = { ...two, causal: true };
      const none = attention({ qkv, counter: seed }, { ...settings, dropout: { ...dropout, probability: 0 } });
      expect(none.dataSync()).toEqual(attention({ qkv }, settings).dataSync());
      expect(() => attention({ qkv }, { ...settings, dropout })).toThrow(/without/);
    });
  });

  // On the host queries with a window go 32 at a time.
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

  test('a window sees what i - window < j <= i says, and one that holds all is none', async () => {
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
  test('a window that is no number of keys is refused with it', () => {
    const qkv = tf.zeros<tf.Rank.R2>([4, 12]);
    for (const window of [0, 1.5]) {
      expect(() => attention({ qkv }, { rows: 2, heads: 2, causal: true, window })).toThrow(`window is ${window}`);
    }
  });

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
});

onGpu(() => {
  const self = (B: number, T: number, heads: number, D: number, kvHeads = heads): Sample => ({
    qkv: floats([B * T, (heads + 2 * kvHeads) * D], 1.5),
  });
  const apart = (B: number, Tq: number, Tk: number, heads: number, D: number, kvHeads = heads): Sample => ({
    q: floats([B * Tq, heads * D], 1.5),
    kv: floats([B * Tk, 2 * kvHeads * D], 1, 1),
  });
  const dropout = { probability: 0.3, purpose: 'somewhere' };
  const counter = integers([2], [-7, 12]);
  const lengths = (...values: number[]): Sample => ({ lengths: integers([values.length], values) });

  for (const [B, T, heads, D] of [
    [2, 65, 3, 18],
    [1, 33, 1, 128],
    [32_800, 2, 1, 4], // one group a row of heads: more than a grid has on one side (`row` in gpu/dispatch.ts)
  ] as const) {
    const settings = { rows: B, heads, causal: true };
    checkOp(`attention of ${B} x ${T}, ${heads} heads of ${D}`, ATTENTION, self(B, T, heads, D), settings);
  }
  checkOp(
    'one query over a cache of more than a block of keys',
    ATTENTION,
    { ...apart(3, 1, 300, 4, 32, 2), ...lengths(300, 0, 257) },
    { rows: 3, heads: 4, kvHeads: 2, causal: false },
  );
  checkOp(
    'one query over a cache, with a bias',
    ATTENTION,
    { ...apart(3, 1, 300, 4, 32, 2), ...lengths(300, 0, 257), bias: floats([4, 1, 300], 2, 3) },
    { rows: 3, heads: 4, kvHeads: 2, causal: false },
  );
  checkOp(
    'one query over a cache, in a window, with a bias',
    ATTENTION,
    { ...apart(3, 1, 300, 4, 32, 2), ...lengths(300, 7, 257), bias: floats([4, 1, 300], 2, 3) },
    { rows: 3, heads: 4, kvHeads: 2, causal: false, window: 100 },
  );
  checkOp('one query, 18 columns a head', ATTENTION, apart(2, 1, 9, 1, 18), { rows: 2, heads: 1, causal: false });

  /** Whole rows through memory: of one size, since this is the code that takes longest to compile. */
  describe('as on a processor without subgroups', () => {
    let pretending: { undo(): void };
    beforeAll(async () => (pretending = pretend(await openGpu(), PROCESSOR_WITHOUT_SUBGROUPS)));
    afterAll(() => pretending.undo());

    const settings = { rows: 2, heads: 4, kvHeads: 2, causal: true };
    checkOp('attention of 2 x 37, 4 heads of 20', ATTENTION, self(2, 37, 4, 20, 2), settings);
  });

  /** By every way of loading rows. Written out, the code of wide heads is large: this compiler takes seconds for it. */
  describe.each([
    ['on this adapter', {}],
    ['as on a GPU', HARDWARE],
    ['as on a GPU without subgroups', WITHOUT_SUBGROUPS],
  ] as const)('%s', (_, adapter) => {
    let pretending: { undo(): void };
    beforeAll(async () => (pretending = pretend(await openGpu(), adapter)));
    afterAll(() => pretending.undo());

    for (const [B, T, heads, D] of [
      [1, 1, 1, 16],
      [2, 3, 2, 5],
      [2, 65, 3, 16],
      [1, 127, 2, 32],
      [1, 40, 2, 20], // vectors that the threads of a row share unevenly
      [1, 9, 2, 36],
      [1, 70, 1, 64],
      [1, 9, 1, 80],
      [1, 9, 1, 128],
    ] as const) {
      const settings = { rows: B, heads, causal: true };
      checkOp(`attention of ${B} x ${T}, ${heads} heads of ${D}`, ATTENTION, self(B, T, heads, D), settings);
    }
    checkOp('grouped queries', ATTENTION, self(2, 40, 6, 8, 2), { rows: 2, heads: 6, kvHeads: 2, causal: true });
    checkOp(
      'full attention over lengths',
      ATTENTION,
      { ...self(4, 65, 2, 16), ...lengths(65, 33, 0, 1) },
      { rows: 4, heads: 2, causal: false },
    );
    checkOp(
      'causal attention over lengths',
      ATTENTION,
      { ...self(4, 65, 2, 16), ...lengths(65, 33, 0, 1) },
      { rows: 4, heads: 2, causal: true },
    );
    for (const [Tq, Tk] of [
      [9, 70],
      [70, 9],
    ] as const) {
      const settings = { rows: 2, heads: 2, causal: true };
      checkOp(`causal attention of ${Tq} to ${Tk}`, ATTENTION, apart(2, Tq, Tk, 2, 16), settings);
    }
    checkOp(
      'cross attention over lengths, grouped queries, no scale',
      ATTENTION,
      { ...apart(2, 35, 70, 4, 6, 2), ...lengths(70, 40) },
      { rows: 2, heads: 4, kvHeads: 2, causal: false, scale: 1 },
    );
    for (const [B, T, heads, D, causal] of [
      [2, 3, 2, 5, true],
      [3, 65, 2, 16, true],
      [2, 70, 2, 18, false],
      [2, 9, 1, 64, true],
    ] as const) {
      const name = `${causal ? 'causal' : 'full'} attention of ${B} x ${T}, ${heads} heads of ${D}, with a bias`;
      const sample = { ...self(B, T, heads, D), bias: floats([heads, T, T], 2, 3) };
      checkOp(name, ATTENTION, sample, { rows: B, heads, causal });
    }
    for (const causal of [true, false]) {
      checkOp(
        `${causal ? 'causal' : 'cross'} attention of 35 to 70 over lengths, grouped queries, no scale, with a bias`,
        ATTENTION,
        { ...apart(3, 35, 70, 4, 6, 2), ...lengths(70, 0, 40), bias: floats([4, 35, 70], 2, 3) },
        { rows: 3, heads: 4, kvHeads: 2, causal, scale: 1 },
      );
    }
    for (const [B, T, heads, D, window] of [
      [2, 70, 3, 16, 1],
      [1, 127, 2, 32, 33],
      [1, 70, 1, 64, 5],
      [2, 9, 2, 5, 100],
    ] as const) {
      const name = `attention of ${B} x ${T}, ${heads} heads of ${D}, in a window of ${window}`;
      checkOp(name, ATTENTION, self(B, T, heads, D), { rows: B, heads, causal: true, window });
    }
    checkOp(
      'attention in a window over lengths, grouped queries, with a bias',
      ATTENTION,
      { ...self(3, 100, 4, 6, 2), ...lengths(100, 0, 40), bias: floats([4, 100, 100], 2, 3) },
      { rows: 3, heads: 4, kvHeads: 2, causal: true, window: 20 },
    );
    for (const [name, rows, D, more] of [
      ['few', [[3], [1, 2]], 5, {}],
      ['many', [[65, 1, 34], [100], [1, 1, 31, 32, 33, 2]], 16, {}],
      ['biased', [[65, 1, 34], [100]], 6, { window: 20 }],
      ['dropped', [[65, 1, 34], [100]], 6, { window: 20, dropout }],
    ] as const) {
      const [B, T] = [rows.length, rows[0].reduce((a, b) => a + b, 0)];
      const beside = 'window' in more ? { bias: floats([4, T, T], 2, 3), ...('dropout' in more && { counter }) } : {};
      const sample = { ...self(B, T, 4, D, 2), ...documentsInRows(rows), ...beside };
      checkOp(`documents in rows: ${name}`, ATTENTION, sample, {
        rows: B,
        heads: 4,
        kvHeads: 2,
        causal: true,
        ...more,
      });
    }
    for (const [Tq, Tk] of [
      [9, 70],
      [100, 40],
    ] as const) {
      const settings = { rows: 2, heads: 2, causal: true, window: 12 };
      checkOp(`causal attention of ${Tq} to ${Tk} in a window`, ATTENTION, apart(2, Tq, Tk, 2, 16), settings);
    }
    checkOp(
      'cross attention in a window over lengths',
      ATTENTION,
      { ...apart(2, 35, 70, 4, 6, 2), ...lengths(70, 40) },
      { rows: 2, heads: 4, kvHeads: 2, causal: false, window: 20 },
    );
    for (const [B, T, heads, D, kvHeads] of [
      [3, 1, 2, 8, 1],
      [2, 65, 3, 16, 1],
      [1, 70, 2, 64, 2],
      [2, 9, 2, 5, 2],
    ] as const) {
      const name = `attention of ${B} x ${T}, ${heads} heads of ${D}, ${kvHeads} of keys, with dropout`;
      const sample = { ...self(B, T, heads, D, kvHeads), counter };
      checkOp(name, ATTENTION, sample, { rows: B, heads, kvHeads, causal: true, dropout });
    }
    for (const causal of [true, false]) {
      checkOp(
        `${causal ? 'causal' : 'cross'} attention over lengths, grouped queries, with a bias, in a window, with dropout`,
        ATTENTION,
        { ...apart(3, 35, 70, 4, 6, 2), ...lengths(70, 0, 40), bias: floats([4, 35, 70], 2, 3), counter },
        { rows: 3, heads: 4, kvHeads: 2, causal, window: 25, dropout },
      );
    }
    checkOp('cross attention of 127 to 3', ATTENTION, apart(1, 127, 3, 2, 16), { rows: 1, heads: 2, causal: false });

    test.each([1, 2])('what lies beyond the lengths is never touched, %s queries', async (Tq) => {
      const gpu = await openGpu();
      const kv = floats([40, 16]).data;
      const of = async (unseen: number): Promise<ArrayLike<number>> => {
        const y = tf.tidy(() => {
          const cache = tf.tensor2d(
            kv.map((value, i) => (i >= 37 * 16 ? unseen : value)),
            [40, 16],
          );
          const from = { q: tf.ones<tf.Rank.R2>([Tq, 8]), kv: cache, lengths: tf.tensor1d([37], 'int32') };
          return attention(from, { rows: 1, heads: 2, causal: false });
        });
        return y.data();
      };
      expect(await of(NaN)).toEqual(await of(0));
      gpu.check();
    });
  });

  test('threads share a row where it would not fit their registers, and not on a processor', async () => {
    const gpu = await openGpu();
    const shareOn = (adapter: Parameters<typeof pretend>[1]) => {
      const pretending = pretend(gpu, adapter);
      const { share } = rowLoader({ element: 'vec4f', parts: 16, bytes: 256 }, loadStrategy());
      pretending.undo();
      return share;
    };
    expect([HARDWARE, WITHOUT_SUBGROUPS, PROCESSOR_WITHOUT_SUBGROUPS].map(shareOn)).toEqual([4, 4, 1]);
  });

  test('a head that does not fit the memory of a workgroup is refused by its size', async () => {
    const gpu = await openGpu();
    const pretending = pretend(gpu, HARDWARE);
    const limited = limit(gpu.device, 'maxComputeWorkgroupStorageSize', 1024);
    const act = (D: number) => () =>
      tf.tidy(() => void attention({ qkv: tf.zeros([2, 3 * D]) }, { rows: 1, heads: 1, causal: true }));
    try {
      expect(act(132)).toThrow(/1064 bytes .* has 1024/);
      expect(act(120)).not.toThrow();
    } finally {
      limited.undo();
      pretending.undo();
    }
  });
});
