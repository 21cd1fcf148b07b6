import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce } from '../base/job';
import { createTokenizer } from '../tokenizer/byteLevel';
import { blocksOf, checkHasText, tokenised } from './blocks';
import { compare, comparisonWords } from './compare';
import { likelihoodOf, type LikelihoodId, measured, rowsOf, sumsOf } from './likelihood';
import { noInterval } from '../metrics/intervals/interval';
import { summed } from '../metrics/intervals/units';
import { normals } from '../base/rng';
import { withoutInterval } from './readings/figuresOf';
import { propertyRuns } from '../../testing/propertyRuns';

const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
const pairs = await createTokenizer({
  kind: 'bpe',
  merges: [
    [104, 101],
    [256, 32],
  ],
});

test('pieces contain each token and each byte once, and their number does not depend on the tokenizer', () => {
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
    { numRuns: propertyRuns(60) },
  );
});

test('a normalizing tokenizer counts the bytes of normalized text', async () => {
  const normalising = await createTokenizer({ kind: 'bytes', merges: [], normalizers: [{ type: 'NFKC' }] });
  expect([bytes, normalising].map((tokenizer) => tokenised(tokenizer, 'ﬁn').bytes)).toEqual([4, 3]);
});

test('splits a short text into at least two pieces', () => {
  const document = tokenised(bytes, 'a short text');
  expect(blocksOf([document], bytes).map((block) => block.bytes)).toEqual([6, 6]);
  expect(blocksOf([tokenised(bytes, 'x'.repeat(2500))], bytes).map((block) => block.bytes)).toEqual([1024, 1024, 452]);
  expect(() => checkHasText([tokenised(bytes, '')])).toThrow('There is no text to evaluate on.');
});

test('computes figures from the sums', () => {
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
  const of = (id: LikelihoodId): number => likelihoodOf(id).fromSums(sums);
  expect(of('loss')).toBe(2.5);
  expect(of('perplexity')).toBeCloseTo(Math.exp(2.5));
  expect(of('bitsPerByte')).toBeCloseTo(10 / Math.LN2 / 10);
  expect([of('top1'), of('top5')]).toEqual([25, 75]);
  // Two of 0.95, one right; two of about 0.135, none right: (|1.9 - 1| + 0.27) / 4.
  expect(of('calibrationError')).toBeCloseTo((100 * (0.9 + 0.27)) / 4, 4);
  const estimates = atOnce(measured(['loss', 'perplexity'], rows, 0));
  expect(estimates.blocks).toBe(2);
  const { loss, perplexity } = estimates.estimates;
  expect(loss.value).toBe(2.5);
  expect(loss.low!).toBeLessThan(2.5);
  expect(loss.high!).toBeGreaterThan(2.5);
  expect(Math.log(perplexity.high!)).toBeCloseTo(loss.high!, 8);
});

test('pieces without tokens do not remove the interval', () => {
  const row = (nats: number, tokens: number): number[] => [nats, tokens, 100, ...new Array<number>(32).fill(0)];
  // Long tokens: in most pieces, none begins.
  const rows = [row(0, 0), ...Array.from({ length: 40 }, (_, i) => (i % 20 === 0 ? row(2 + i / 40, 1) : row(0, 0)))];
  const { estimates, blocks } = atOnce(measured(['loss', 'bitsPerByte'], rows, 0));
  expect(estimates.loss).toEqual({ value: 2.25, low: 0, high: expect.closeTo(2.25 + 12.7062 * 0.25, 3) as number });
  expect(estimates.bitsPerByte.value).toBeCloseTo(4.5 / Math.LN2 / 4100, 10);
  expect(blocks).toBe(2);
});

test('a share of tokens that is equal in a few pieces has the interval of its number of tokens', () => {
  const row = [30, 20, 100, 20, 20, ...new Array<number>(30).fill(0)];
  const { estimates } = atOnce(measured(['top1', 'loss'], [row, row, row], 0));
  expect(estimates.top1).toEqual({ value: 100, low: expect.closeTo(93.98, 2) as number, high: 100 });
  expect(estimates.loss).toEqual({ value: 1.5 });
});

test('reports a missing interval with the number of pieces needed', () => {
  const rows = [[2, 1, 100, ...new Array<number>(32).fill(0)]];
  const { estimates, blocks } = atOnce(measured(['loss'], rows, 0));
  expect([estimates, blocks]).toEqual([{ loss: { value: 2 } }, 1]);
  const [none, some] = [{ value: 2, unit: '' }, { value: 2, low: 1, high: 3, unit: '' }] as const; // prettier-ignore
  const reason = 'Too little text for an interval: 1 piece, and 10 are needed.';
  expect(withoutInterval({ loss: none, top1: none }, 1, 'piece')).toEqual([{ name: 'intervals', reason }]);
  expect(withoutInterval({ loss: some, top1: none }, 1, 'piece')).toEqual([{ name: 'interval of top1', reason }]);
  expect(withoutInterval({ loss: some }, 1, 'pair')).toEqual([]);
  expect(noInterval(9, 'line')).toBe('Too little text for an interval: 9 lines, and 10 are needed.');
  expect(noInterval(10, 'line')).toMatch(/^The lines all have the same value, /);
});

/** Two models on the same pieces: pieces differ far more than models do. */
const piecesOf = (difference: number, seed: number, count = 60) => {
  const [level, noise] = [normals(seed, 'level', count), normals(seed, 'noise', count)];
  const first = [...level].map((x) => 700 + 200 * x);
  const second = first.map((nats, i) => nats + difference * 1024 * Math.LN2 + 5 * noise[i]!);
  return [first, second, new Array<number>(count).fill(1024)] as const;
};

test('the interval of a difference is wide for few pieces', () => {
  const { low, high } = compare([700, 800], [690, 796], [1024, 1024]);
  const bits = (nats: number): number => nats / Math.LN2 / 1024;
  expect(low).toBeCloseTo(bits(-7 - 12.7062 * 3), 5);
  expect(high).toBeCloseTo(bits(-7 + 12.7062 * 3), 5);
});

test('detects a small difference, because both models read the same pieces', () => {
  const better = compare(...piecesOf(-0.01, 1));
  expect(better.verdict).toBe('better');
  expect(better.difference).toBeCloseTo(-0.01, 2);
  expect(comparisonWords(better)).toMatch(/^better by 0\.01\d? ± 0\.00\d bits per byte$/);
  expect(compare(...piecesOf(0.01, 1)).verdict).toBe('worse');
});

test('rarely reports a difference if there is none, and estimates how much text would decide', () => {
  const found = Array.from({ length: 100 }, (_, seed) => compare(...piecesOf(0, seed + 2)));
  const distinguished = found.filter(({ verdict }) => verdict !== 'not distinguishable');
  expect(distinguished.length).toBeLessThanOrEqual(12);
  const open = found.find(({ verdict }) => verdict === 'not distinguishable')!;
  expect(comparisonWords(open)).toMatch(
    /^no significant difference; (more than )?\d+(\.\d)? times as much text would decide$/,
  );
});

test('refuses to compare a diverged model', () => {
  expect(() => compare([NaN, 700], [690, 796], [1024, 1024])).toThrow(/its training diverged/);
});

test('decides nothing from few blocks, even if they agree', () => {
  const of = (blocks: number) =>
    compare(Array<number>(blocks).fill(700), Array<number>(blocks).fill(693), Array<number>(blocks).fill(1024));
  expect(of(1)).toMatchObject({ verdict: 'not distinguishable', blocks: 1 });
  expect(of(9)).toMatchObject({ verdict: 'not distinguishable' });
  expect(comparisonWords(of(9))).toBe(
    'no significant difference: the text is too short (9 pieces of 1 kB; 10 are needed)',
  );
  expect(of(9)).not.toHaveProperty('times');
  expect(of(10)).toMatchObject({ verdict: 'better' });
});
