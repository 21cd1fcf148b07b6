import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenizer } from '../tokenizer/byteLevel';
import { blocksOf, tokenised } from './blocks';
import { compare, comparisonWords } from './compare';
import { likelihoodOf, LIKELIHOODS, type LikelihoodId, measured, rowsOf, sumsOf } from './likelihood';
import { summed } from '../metrics/text/textMetric';
import { normals } from '../base/rng';

const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
const pairs = await createTokenizer({
  kind: 'bpe',
  merges: [
    [104, 101],
    [256, 32],
  ],
});

test('pieces hold every token once and every byte once, and are as many for any tokenizer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 1, max: 90 })), {
        minLength: 1,
        maxLength: 40,
      }),
      (texts) => {
        const all = texts.map(([text, times]) => text.repeat(times));
        const [some, others] = [bytes, pairs].map((tokenizer) => {
          const documents = all.map((text) => tokenised(tokenizer, text));
          const blocks = blocksOf(documents, tokenizer);
          for (const [i, { ids, bytes }] of documents.entries()) {
            const own = blocks.filter(({ document }) => document === i);
            expect(own[0]!.from).toBe(0);
            expect(own.at(-1)!.to).toBe(ids.length);
            for (const [k, { from }] of own.entries()) if (k > 0) expect(from).toBe(own[k - 1]!.to);
            expect(own.reduce((sum, block) => sum + block.bytes, 0)).toBe(bytes);
          }
          return blocks.map(({ document, bytes }) => [document, bytes]);
        });
        expect(some).toEqual(others);
      },
    ),
    { numRuns: 60 },
  );
});

test('figures are those of the sums', () => {
  const scores = {
    loss: Float32Array.of(1, 2, 3, 4),
    rank: Uint32Array.of(0, 1, 4, 5),
    confidence: Float32Array.of(0.95, 0.95, 0.15, 0.12),
  };
  const rows = rowsOf(
    [
      { document: 0, from: 0, to: 3, bytes: 6 },
      { document: 0, from: 3, to: 4, bytes: 4 },
    ],
    [scores],
  );
  const sums = sumsOf(summed(rows));
  const of = (id: LikelihoodId): number => likelihoodOf(id).of(sums);
  expect(of('loss')).toBe(2.5);
  expect(of('perplexity')).toBeCloseTo(Math.exp(2.5));
  expect(of('bitsPerByte')).toBeCloseTo(10 / Math.LN2 / 10);
  expect([of('top1'), of('top5')]).toEqual([25, 75]);
  // Two of 0.95, of which one is right; two of about 0.135, none right: (|1.9 - 1| + 0.27) / 4.
  expect(of('calibrationError')).toBeCloseTo((100 * (0.9 + 0.27)) / 4, 4);
  const { value, low, high } = measured('loss', rows);
  expect(value).toBe(2.5);
  expect(low!).toBeLessThanOrEqual(value);
  expect(high!).toBeGreaterThanOrEqual(value);
  expect(measured('loss', rows.slice(0, 1))).toEqual({ value: 2 });
  expect(Object.values(LIKELIHOODS).filter((each) => 'isOfLoss' in each)).toHaveLength(3);
});

/** Two models on the same pieces: pieces differ far more than models do. */
const piecesOf = (difference: number, seed: number, count = 60) => {
  const [level, noise] = [normals(seed, 'level', count), normals(seed, 'noise', count)];
  const first = [...level].map((x) => 700 + 200 * x);
  const second = first.map((nats, i) => nats + difference * 1024 * Math.LN2 + 5 * noise[i]!);
  return [first, second, new Array<number>(count).fill(1024)] as const;
};

test('a small difference is seen, because both read the same pieces', () => {
  const better = compare(...piecesOf(-0.01, 1));
  expect(better.verdict).toBe('better');
  expect(better.difference).toBeCloseTo(-0.01, 2);
  expect(comparisonWords(better)).toMatch(/^better by 0\.01\d? ± 0\.00\d bits per byte$/);
  expect(compare(...piecesOf(0.01, 1)).verdict).toBe('worse');
});

test('where there is none it is seldom said that there is, and how much text would tell', () => {
  const found = Array.from({ length: 100 }, (_, seed) => compare(...piecesOf(0, seed + 2)));
  const told = found.filter(({ verdict }) => verdict !== 'not distinguishable');
  expect(told.length).toBeLessThanOrEqual(12);
  const open = found.find(({ verdict }) => verdict === 'not distinguishable')!;
  expect(comparisonWords(open)).toMatch(
    /^not distinguishable on this much text; (more than )?\d+(\.\d)? times as much would decide$/,
  );
});

test('of few blocks nothing is decided, however alike they are', () => {
  const of = (blocks: number) =>
    compare(Array<number>(blocks).fill(700), Array<number>(blocks).fill(693), Array<number>(blocks).fill(1024));
  expect(of(1)).toMatchObject({ verdict: 'not distinguishable' });
  expect(of(9)).toMatchObject({ verdict: 'not distinguishable' });
  expect(of(9)).not.toHaveProperty('times');
  expect(of(10)).toMatchObject({ verdict: 'better' });
});
