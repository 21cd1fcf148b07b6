/** Tests attention on the GPU against its reference, on a pretended adapter. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGpu } from '../core/gpu/backend';
import { attention, ATTENTION } from '../core/ops/attention';
import { checkOp, floats, integers, type Sample } from './checkOp';
import { documentsInRows } from './documentsInRows';
import { pretend } from './pretend';

export const self = (B: number, T: number, heads: number, D: number, kvHeads = heads): Sample => ({
  qkv: floats([B * T, (heads + 2 * kvHeads) * D], 1.5),
});
export const apart = (B: number, Tq: number, Tk: number, heads: number, D: number, kvHeads = heads): Sample => ({
  q: floats([B * Tq, heads * D], 1.5),
  kv: floats([B * Tk, 2 * kvHeads * D], 1, 1),
});
const dropout = { probability: 0.3, purpose: 'somewhere' };
const counter = integers([2], [-7, 12]);
export const lengths = (...values: number[]): Sample => ({ lengths: integers([values.length], values) });

/** Tests every form of attention. The unrolled code of wide heads is large: a software GPU compiles it for seconds. */
export function checkAttention(name: string, adapter: Parameters<typeof pretend>[1]): void {
  describe(name, () => {
    let pretending: { undo(): void };
    beforeAll(async () => (pretending = pretend(await openGpu(), adapter)));
    afterAll(() => pretending.undo());

    for (const [B, T, heads, D] of [
      [1, 1, 1, 16],
      [2, 3, 2, 5],
      [2, 65, 3, 16],
      [1, 127, 2, 32],
      [1, 40, 2, 20], // vectors that a row's threads share unevenly
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
      const inputs = 'window' in more ? { bias: floats([4, T, T], 2, 3), ...('dropout' in more && { counter }) } : {};
      const sample = { ...self(B, T, 4, D, 2), ...documentsInRows(rows), ...inputs };
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

    test.each([1, 2])('ignores positions beyond the lengths, %s queries', async (Tq) => {
      const gpu = await openGpu();
      const kv = floats([40, 16]).data;
      const attend = async (paddingValue: number): Promise<ArrayLike<number>> => {
        const y = tf.tidy(() => {
          const cache = tf.tensor2d(
            kv.map((value, i) => (i >= 37 * 16 ? paddingValue : value)),
            [40, 16],
          );
          const from = { q: tf.ones<tf.Rank.R2>([Tq, 8]), kv: cache, lengths: tf.tensor1d([37], 'int32') };
          return attention(from, { rows: 1, heads: 2, causal: false });
        });
        return y.data();
      };
      expect(await attend(NaN)).toEqual(await attend(0));
      gpu.check();
    });
  });
}
