/** Verdicts that the scores support, passages by bar, and the exported table. */
import { expect, test } from 'vitest';
import type { Evaluation, Passage } from '../../core/evaluate/evaluation';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import { calibrationWords } from './calibration';
import { shownPassages } from './filter';
import { unscoredWords } from './UnscoredNote';
import { askedRows, evaluationRows } from './table';
import {
  bestBaseline,
  confusionWords,
  contextWords,
  estimateWords,
  firstScores,
  judged,
  leftOutWords,
  looksWords,
  outOfDateWords,
  sampledWords,
} from './words';

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

test('a model is better or worse only if its interval excludes the baseline', () => {
  expect(verdictOf(2.9, 3, 3.1)).toEqual({
    kind: 'better',
    tone: 'ok',
    judgement: 'Better than a trigram model',
    evidence:
      'Loss 3.00 nats per token on text it never saw; a trigram model has 4.00. Measured on 2,000 tokens of 3 documents.',
  });
  expect(verdictOf(3.9, 3.99, 4.05)).toMatchObject({
    tone: undefined,
    judgement: 'About as good as a trigram model',
  });
  // Probably worse, as Train says, but not significantly.
  expect(verdictOf(3.9, 4.02, 4.1)).toMatchObject({
    tone: undefined,
    judgement: 'Counting word triples may still beat it',
  });
  expect(verdictOf(4.2, 4.3, 4.4, 'text')).toMatchObject({
    tone: 'warn',
    judgement: 'Counting word triples still beats it',
    evidence: expect.stringContaining('Loss 4.30 nats per token on this text; a trigram model has 4.00.') as string,
  });
  // Names the simplest model that beats it, as Train does.
  const counted = evaluation({
    metrics: { loss: { value: 4.2, low: 4.15, high: 4.3, unit: 'nats per token' } },
    baselines: { unigram: { loss: 6 }, bigram: { loss: 4.1 }, trigram: { loss: 4 } },
  });
  expect(judged({ part: 'validation', evaluation: counted })).toMatchObject({
    judgement: 'Counting word pairs still beats it',
    evidence: expect.stringContaining('Loss 4.20 nats per token on text it never saw; a bigram model has 4.10.') as string, // prettier-ignore
  });
  // A single passage has no interval.
  const alone = evaluation({ metrics: { loss: { value: 3, unit: 'nats per token' } } });
  expect(judged({ part: 'text', evaluation: alone })).toMatchObject({
    tone: undefined,
    judgement: 'Too little text to compare it with a trigram model',
  });
  expect(judged({ part: 'validation', evaluation: evaluation({ baselines: {} }) })).toMatchObject({
    tone: undefined,
    judgement: 'Evaluated, without a baseline to compare',
  });
});

test('explains why Train shows another perplexity of the same step', () => {
  const record = { step: 10, part: 'validation', evaluation: evaluation({ metrics: { loss: { value: Math.log(257), unit: '' } } }) } as const; // prettier-ignore
  const at = (step: number, perplexity: number) => [{ step, loss: Math.log(perplexity) }];
  expect(sampledWords(record, at(10, 254))).toBe('Train shows perplexity 254, measured on a sample of this text.');
  expect(sampledWords(record, at(10, 257))).toBeUndefined();
  expect(sampledWords(record, at(9, 254))).toBeUndefined();
  expect(sampledWords({ ...record, part: 'text' }, at(10, 254))).toBeUndefined();
});

test('an outdated evaluation names its step and the step in use', () => {
  const record = { step: 1000 };
  expect(outOfDateWords(['step'], record, { step: 2600, which: 'best' })).toBe(
    'Evaluated at step 1,000; the best is now 2,600',
  );
  expect(outOfDateWords(['step', 'tokenizer'], record, { step: 800, which: 800 })).toBe(
    'Evaluated at step 1,000; step 800 is chosen. The tokenizer changed since this evaluation',
  );
});

test('shows the loss as perplexity and bits per byte, and its other unit behind More', () => {
  const of = (...ids: string[]) => {
    const metrics = Object.fromEntries(ids.map((id) => [id, { value: 1, unit: '' }]));
    return firstScores({ metrics, calibration: { bins: [] } });
  };
  expect(of('loss', 'perplexity', 'bitsPerByte', 'top1', 'calibrationError', 'distinct1')).toEqual({
    first: ['perplexity', 'bitsPerByte', 'top1'],
    more: ['loss', 'distinct1'],
  });
  expect(of('loss', 'accuracy', 'macroF1').first).toEqual(['accuracy', 'macroF1']);
  expect(of('loss', 'bleu')).toEqual({ first: ['loss'], more: ['bleu'] });
});

test('the verdict is in perplexity, like the headline', () => {
  const value = (perplexity: number) => ({
    loss: Math.log(perplexity),
    perplexity,
    bitsPerByte: Math.log2(perplexity) / 3,
  });
  const metrics = Object.fromEntries(
    Object.entries(value(85.4)).map(([id, x]) => [id, { value: x, low: 0.99 * x, high: 1.01 * x, unit: '' }]),
  );
  const of = evaluation({ metrics, baselines: { trigram: value(97.2), gzip: { bitsPerByte: 3.2 } } });
  expect(judged({ part: 'validation', evaluation: of })).toMatchObject({
    judgement: 'Better than a trigram model',
    evidence: expect.stringMatching(/^Perplexity 85\.4 on text it never saw; a trigram model has 97\.2\. /) as string,
  });
});

test('a missing score has the same name as a measured one', () => {
  expect(['interval of distinct2', 'top1', 'trigram', 'intervals'].map(leftOutWords)).toEqual([
    ...['Interval of Distinct-2', 'Top-1 accuracy', 'Trigram', 'Intervals'],
  ]);
});

test('a score that is better when higher is compared with the highest baseline', () => {
  const answers = evaluation({
    metrics: { chrf: { value: 60, low: 55, high: 65, unit: '' } },
    baselines: { copy: { chrf: 40 }, majority: { chrf: 10 } },
  });
  // Unknown scores of newer versions are assumed to be better when higher.
  expect(bestBaseline(answers, 'chrf')).toEqual({ name: 'copy', value: 40 });
  expect(judged({ part: 'validation', evaluation: answers })).toMatchObject({
    judgement: 'Better than copying the input',
    evidence: expect.stringMatching(/^chrF 60\.0 on text it never saw; copying the input gets 40\.0\. /) as string,
  });
});

test('an estimate has as many decimals as its interval supports', () => {
  expect(estimateWords({ value: 1.2543, low: 1.2471, high: 1.2612 })).toEqual({
    value: '1.254',
    interval: '1.247 to 1.261',
  });
  expect(estimateWords({ value: 36.92, low: 34.5, high: 38.8 })).toEqual({ value: '36.9', interval: '34.5 to 38.8' });
  expect(estimateWords({ value: 3 })).toEqual({ value: '3', interval: undefined });
  expect(estimateWords({ value: 100, low: 100, high: 100 })).toEqual({ value: '100', interval: undefined });
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

test('a bar keeps the passages that contain its tokens, those with the highest loss first, each once', () => {
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
  // Tokens that an encoder saw unmasked have no loss.
  expect(shown('worst', { by: 'kind', kind: 'word' })).toEqual([['a', 2]]);
  expect(shown('worst', { by: 'source', source: 'b' })).toEqual([['b', 10]]);
  expect(shown('worst', { by: 'document', document: 0, begins: '' })).toEqual([['a', 5.5]]);
  expect(shown('worst', { by: 'frequency', from: 100, to: 999 })).toEqual([['b', 10]]);
  expect(shown('worst', { by: 'position', from: 4, to: 4 })).toEqual([['a', 9]]);
  expect(shown('worst', { by: 'position', from: 9, to: 16 })).toEqual([]);
});

test('calibration says whether the model is overconfident', () => {
  const bins = (accuracy: number) => [
    { confidence: 0.4, accuracy, count: 3 },
    { confidence: 0.8, accuracy, count: 1 },
  ];
  expect(calibrationWords(bins(0.3))).toMatch(
    /^Mean confidence 50.0\u00a0%, accuracy 30.0\u00a0%: overconfident by 20.0 points\.$/,
  );
  expect(calibrationWords(bins(0.9))).toMatch(/: underconfident by 40.0 points\.$/);
  expect(calibrationWords(bins(0.5))).toMatch(/: the same on average\.$/);
});

const record = (change: Partial<EvaluationRecord>): EvaluationRecord => ({
  ...{ version: 1, runId: 'r', step: 40, part: 'validation', textHash: '', tokenizerHash: '', madeAt: 0 },
  evaluation: evaluation(),
  ...change,
});

test('the table has every score at full precision, with its interval, baselines, and text', () => {
  const where = { position: [], kind: [{ kind: 'number', loss: 6, tokens: 4 }], source: [], document: [] };
  const rows = evaluationRows('whales', record({ part: 'test', look: 3, evaluation: evaluation({ where }) }));
  const of = ['whales', 40, 'test set'];
  expect(rows).toContainEqual([...of, 'loss', 'this model', 3, 2.9, 3.1, 'nats per token', 2000]);
  expect(rows).toContainEqual([...of, 'bitsPerByte', 'gzip', 1.5, undefined, undefined, undefined, 2000]);
  expect(rows).toContainEqual([...of, 'loss by kind', 'Numbers', 6, undefined, undefined, 'nats per token', 4]);
  expect(rows.find(([, , , what]) => what === 'uses of the test set')![5]).toBe(3);
  expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([10]));
  expect(evaluationRows('whales', record({ part: 'text', name: 'a letter' }))[1]![2]).toBe('a letter');
  const confusion = { labels: ['bad', 'good'], counts: [[3, 1], [7, 12]] }; // prettier-ignore
  const ofLabels = evaluationRows('whales', record({ part: 'test', evaluation: evaluation({ confusion }) }));
  expect(ofLabels.filter((row) => row.includes('predicted, actual good')).map((row) => [row[4], row[5]])).toEqual([
    ['bad', 7],
    ['good', 12],
  ]);
});

test('lists are also tables by step: pairs, swaps, tasks with baselines, comparisons', () => {
  const share = { value: 80, low: 60, high: 91 };
  const preference = { ...share, pairs: 20, margin: 1 };
  const asked = record({
    part: 'lists',
    evaluation: evaluation({
      minimalPairs: { all: preference, kinds: { order: preference }, missed: [] },
      swaps: { kinds: { 'he, she': preference } },
      tasks: [
        {
          ...{ name: 'birds.csv', rows: 20, cut: 0, missed: [] },
          metrics: { exactMatch: { ...share, unit: '%' } },
          baselines: { commonest: { exactMatch: 15 } },
        },
      ],
    }),
    comparisons: [
      {
        ...{ beside: { runId: 's', name: 'ships', step: 20 }, part: 'validation', textHash: '', madeAt: 0 },
        ...{ bytes: 900, difference: -0.04, low: -0.05, high: -0.03, verdict: 'better', mayHaveLearnt: false },
      },
    ],
  });
  const rows = askedRows('whales', [record({ part: 'lists', step: 20 }), asked]);
  const of = ['whales', 40, 'lists'];
  const shown = [80, 60, 91, '%', 20];
  expect(rows.slice(1)).toEqual([
    [...of, 'minimal pairs, correct one preferred', 'order', ...shown],
    [...of, 'minimal pairs, correct one preferred', 'all kinds', ...shown],
    [...of, 'identity swaps, first one preferred', 'he, she', ...shown],
    [...of, 'exactMatch', 'birds.csv', ...shown],
    [...of, 'exactMatch', 'birds.csv, commonest', 15, undefined, undefined, '%', 20],
    [
      ...['whales', 40, 'validation set', 'difference, this minus other', 'ships, step 20'],
      ...[-0.04, -0.05, -0.03, 'bits per byte', 900],
    ],
  ]);
});

test('the end of the context is described only if documents reach it', () => {
  const at = (from: number, to: number, loss: number, tokens: number) => ({ from, to, loss, tokens });
  const before = [at(1, 1, 5, 10), at(2, 2, 4, 10), at(3, 4, 3.5, 20), at(5, 8, 3, 40), at(9, 16, 2.5, 80)];
  expect(contextWords(before, 16)).toMatch(/^Still falling at the end: a longer context may help$/);
  expect(contextWords([...before.slice(0, -1), at(9, 16, 3, 80)], 16)).toMatch(/^Flat at the end/);
  // A context that is no power of two, fully used.
  expect(contextWords([...before, at(17, 24, 2, 80)], 24)).toMatch(/^Still falling/);
  for (const [position, context] of [
    [before, 64],
    [[...before, at(17, 64, 1, 60)], 64],
    [[...before, at(17, 24, 2, 8)], 24],
  ] as [typeof before, number][])
    expect(contextWords(position, context)).toMatch(/^Too few documents fill the context of \d+ tokens/);
});

test('reports how often the test set was used before it is used again', () => {
  expect([0, 1, 2].map(looksWords)).toEqual([
    'Not used for this run yet',
    'Used once for this run',
    'Used 2 times for this run',
  ]);
});

test('failed items are counted per list, with the first reasons', () => {
  const leftOut = [
    { name: 'minimalPairs', reason: 'It reads 16 tokens.' },
    ...['a', 'b', 'c', 'd', 'd'].map((reason, i) => ({ name: `task ${i}`, reason: `${reason}.` })),
  ];
  expect(unscoredWords(leftOut, 'minimalPairs')).toBe('Not scored. It reads 16 tokens.');
  expect(unscoredWords(leftOut, 'swaps')).toBeUndefined();
  expect(unscoredWords(leftOut, 'tasks')).toBe('5 not scored. a. b. c. Plus 1 other reason.');
});

test('names the most common mistake among labels, or says that there is none', () => {
  const labels = ['bad', 'good'];
  expect(confusionWords({ labels, counts: [[3, 1], [7, 12]] })).toBe('Most common mistake: “good” predicted as “bad”, 7 of 19 times'); // prettier-ignore
  expect(confusionWords({ labels, counts: [[3, 0], [0, 12]] })).toBe('No mistakes: every predicted label is right'); // prettier-ignore
});
