import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { loadObjective } from '.';
import { stridesOf, stridesInRows } from './strides';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const batchesOf = async (text: string, context: number, stride: number) =>
  (await loadObjective('causal', { packing: 'stream', stride }, { id: 'gpt' })).batches(
    textSource(tokenizer, [text]),
    context,
    tokenizer,
  );

test('numbers of rows and of unpredicted tokens match windows enumerated one by one', () => {
  const some = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 400 }), some, some, (tokens, context, stride) => {
      const times = new Array<number>(tokens).fill(0);
      let rows = 0;
      for (let at = 0; at + context + 1 <= tokens; at += stride, rows++)
        for (let t = at + 1; t <= at + context; t++) times[t]!++;
      const strides = stridesOf(tokens, context, stride);
      expect([strides.rows, strides.left]).toEqual([rows, times.filter((n) => n === 0).length]);
      // Windows without overlap predict no token twice.
      if (stride >= context) expect(Math.max(...times)).toBeLessThanOrEqual(1);
      for (const n of times) expect(n).toBeLessThanOrEqual(Math.ceil(strides.times));
    }),
  );
});

test('training reads these windows only, and the same for a step whatever was read before', async () => {
  // Each byte of this text identifies its position.
  const text = Array.from({ length: 90 }, (_, i) => String.fromCharCode(33 + i)).join('');
  for (const stride of [1, 5, 8, 13]) {
    const batches = await batchesOf(text, 8, stride);
    const seen = new Set<number>();
    for (let step = 0; step < 60; step++) {
      const { arrays } = await batches.training({ seed: 3, step, first: 0, rows: 4 });
      const again = await (await batchesOf(text, 8, stride)).training({ seed: 3, step, first: 2, rows: 2 });
      expect(again.arrays['ids']).toEqual(arrays['ids']!.slice(16));
      for (let row = 0; row < 4; row++) seen.add(arrays['ids']![8 * row]!);
    }
    const { rows } = stridesOf(90, 8, stride);
    const all = Array.from({ length: rows }, (_, i) => i * stride);
    expect(all).toEqual(expect.arrayContaining([...seen]));
    expect(seen.size).toBeGreaterThan(rows / 2);
  }
});

test('a stride of 1 gives the same windows as no stride', async () => {
  const text = 'the whale, the whale, and nothing but the whale';
  const [anywhere, each] = [await batchesOf(text, 8, 0), await batchesOf(text, 8, 1)];
  for (let step = 0; step < 20; step++) {
    const at = { seed: 1, step, first: 0, rows: 3 };
    expect(await each.training(at)).toEqual(await anywhere.training(at));
  }
});

test('counts tokens outside of all windows, with their share', () => {
  const source = textSource(tokenizer, ['abcdefghijklmnopqrstuvwxyz']);
  expect(stridesInRows(source, 8, 8)).toEqual({
    rows: 3,
    words: '3 windows of 8 tokens, one every 8: 2 tokens (7.69 %) unused, no padding.',
    isCut: false,
  });
  expect(stridesInRows(source, 8, 4).words).toMatch(/^5 windows .*: 2 tokens .* Most tokens are in 2 windows\.$/);
  expect(stridesInRows(source, 8, 12).words).toMatch(/^2 windows .*: 10 tokens \(38\.5 %\) unused/);
});
