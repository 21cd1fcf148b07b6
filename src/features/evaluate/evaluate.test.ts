/** Sentences that the figures bear out, passages by a bar, and the table that is taken along. */
import { expect, test } from 'vitest';
import type { Evaluation, Passage } from '../../core/evaluate/evaluation';
import { calibrationWords } from './calibration';
import { shownPassages } from './filter';
import { evaluationRows } from './table';
import { bestBaseline, estimateWords, judged } from './words';

const evaluation = (change: Partial<Evaluation> = {}): Evaluation => ({
  tokens: 2000,
  documents: 3,
  bytes: 6000,
  metrics: { loss: { value: 3, low: 2.9, high: 3.1, unit: 'nats per token' } },
  baselines: { uniform: { loss: 5 }, trigram: { loss: 4, bitsPerByte: 1.9 }, gzip: { bitsPerByte: 1.5 } },
  leftOut: [],
  ...change,
});
const verdictOf = (low: number, value: number, high: number, part: 'validation' | 'text' = 'validation') =>
  judged({
    part,
    evaluation: evaluation({ metrics: { loss: { value, low, high, unit: 'nats per token' } } }),
  });

test('it is better, or worse, only where its interval does not hold what needs no model', () => {
  expect(verdictOf(2.9, 3, 3.1)).toEqual({
    tone: 'ok',
    judgement: 'Better than counting three tokens in a row by 1.44 bits a token',
    evidence:
      'It needs 4.33 bits a token on text that it has not learnt from; counting three tokens in a row needs 5.77, ' +
      'and guessing blindly 7.21. Measured on 2,000 tokens of 3 documents.',
  });
  expect(verdictOf(3.9, 3.99, 4.05)).toMatchObject({
    tone: 'warn',
    judgement: 'Not distinguishable from counting three tokens in a row on this much text',
  });
  expect(verdictOf(4.2, 4.3, 4.4, 'text')).toMatchObject({
    tone: 'warn',
    judgement: 'Not as good as counting three tokens in a row, by 0.433 bits a token',
    evidence: expect.stringContaining('on this text;') as string,
  });
  // One piece of text has no interval.
  const alone = evaluation({ metrics: { loss: { value: 3, unit: 'nats per token' } } });
  expect(judged({ part: 'text', evaluation: alone })).toMatchObject({
    tone: 'warn',
    judgement: 'Too little text to tell it from counting three tokens in a row',
  });
  expect(judged({ part: 'validation', evaluation: evaluation({ baselines: {} }) })).toMatchObject({
    tone: undefined,
    judgement: 'Measured, with nothing to hold it against',
  });
});

test('what is better the higher it is, is held against the highest', () => {
  const answers = evaluation({
    metrics: { chrf: { value: 60, low: 55, high: 65, unit: '' } },
    baselines: { copy: { chrf: 40 }, majority: { chrf: 10 } },
  });
  // Figures that only a newer version knows are taken to be the better the higher.
  expect(bestBaseline(answers, 'chrf')).toEqual({ name: 'copy', value: 40 });
  expect(judged({ part: 'validation', evaluation: answers }).judgement).toMatch(/^Better than .* by 20$/);
});

test('an estimate has as many decimals as its interval shows', () => {
  expect(estimateWords({ value: 1.2543, low: 1.2471, high: 1.2612 })).toEqual({
    value: '1.254',
    interval: '1.247 to 1.261',
  });
  expect(estimateWords({ value: 36.92, low: 34.5, high: 38.8 })).toEqual({ value: '36.9', interval: '34.5 to 38.8' });
  expect(estimateWords({ value: 3 })).toEqual({ value: '3', interval: undefined });
  expect(estimateWords({ value: 0, low: 0, high: 0 }).interval).toBe('0.00 to 0.00');
});

const passage = (
  document: number,
  source: string,
  tokens: [string, number | undefined, string, number][],
): Passage => ({
  source,
  document,
  position: 3,
  loss: 1,
  tokens: tokens.map(([text, loss, kind, count]) => ({ text, kind, count, ...(loss !== undefined && { loss }) })),
});
const A = passage(0, 'a', [
  ['whale', 2, 'word', 50],
  ['7', 9, 'number', 3],
]);
const B = passage(1, 'b', [
  ['8', 10, 'number', 400],
  ['sea', undefined, 'word', 9],
]);
const passages = { worst: [A, B], best: [B], random: [A] };

test('a bar leaves passages that hold its tokens, the dearest of those first; each once', () => {
  const shown = (which: 'worst' | 'best' | 'random', filter?: Parameters<typeof shownPassages>[2]) =>
    shownPassages(passages, which, filter).map(({ passage, loss }) => [passage.source, loss]);
  expect(shown('worst')).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  const numbers = { by: 'kind', kind: 'number' } as const;
  expect(shown('worst', numbers)).toEqual([
    ['b', 10],
    ['a', 9],
  ]);
  expect(shown('best', numbers)).toEqual([
    ['a', 9],
    ['b', 10],
  ]);
  expect(shown('random', numbers)).toEqual([['a', 9]]);
  // What an encoder was shown cost nothing.
  expect(shown('worst', { by: 'kind', kind: 'word' })).toEqual([['a', 2]]);
  expect(shown('worst', { by: 'source', source: 'b' })).toEqual([['b', 10]]);
  expect(shown('worst', { by: 'document', document: 0, begins: '' })).toEqual([['a', 5.5]]);
  expect(shown('worst', { by: 'frequency', from: 100, to: 999 })).toEqual([['b', 10]]);
  expect(shown('worst', { by: 'position', from: 4, to: 4 })).toEqual([['a', 9]]);
  expect(shown('worst', { by: 'position', from: 9, to: 16 })).toEqual([]);
});

test('calibration is told by the direction that it errs in', () => {
  const bins = (accuracy: number) => [
    { confidence: 0.4, accuracy, count: 3 },
    { confidence: 0.8, accuracy, count: 1 },
  ];
  expect(calibrationWords(bins(0.3))).toMatch(/^Sure to 50.0 % .* surer than it is right, by 20.0 points\.$/);
  expect(calibrationWords(bins(0.9))).toMatch(/more often right than it thinks, by 40.0 points\.$/);
  expect(calibrationWords(bins(0.5))).toMatch(/as often right as it thinks, taken together\.$/);
});

test('the table has every figure whole, with its interval and what needs no model', () => {
  const rows = evaluationRows({
    version: 1,
    runId: 'r',
    step: 40,
    part: 'validation',
    textHash: '',
    tokenizerHash: '',
    madeAt: 0,
    evaluation: evaluation({
      where: { position: [], kind: [{ kind: 'number', loss: 6, tokens: 4 }], source: [], document: [] },
    }),
  });
  expect(rows).toContainEqual(['loss', 'this model', 3, 2.9, 3.1, 'nats per token', 2000]);
  expect(rows).toContainEqual(['bitsPerByte', 'gzip', 1.5, undefined, undefined, undefined, 2000]);
  expect(rows).toContainEqual(['loss by kind', 'Numbers', 6, undefined, undefined, 'nats per token', 4]);
  expect(new Set(rows.slice(5).map(({ length }) => length))).toEqual(new Set([7]));
});
