import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textMetrics } from '.';
import { bleu } from './bleu';
import { atOnce } from '../../base/job';
import { estimates } from './estimate';
import { stem } from './stem';
import { type Pair, scoreOf } from './textMetric';
import { propertyRuns } from '../../testing/propertyRuns';

const all = Object.entries(textMetrics());
const NO_METRICS = ['index', 'textMetric', 'stem', 'estimate'];

test('every file of a metric is in the list', () => {
  const names = readdirSync(new URL('.', import.meta.url))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .map((name) => name.replace('.ts', ''))
    .filter((name) => !NO_METRICS.includes(name));
  const listed = all.map(([id]) => id.replace(/rouge.$/, 'rouge').replace('++', ''));
  expect([...new Set(listed)].sort()).toEqual(names.sort());
});

/** As sacreBLEU 2.6 and rouge-score 0.1.2 give them; on 800 pairs in nine scripts they are compared in oracles/test_metrics.py. */
const PAIRS: readonly Pair[] = [
  { output: 'the cat sat on the mat', wanted: 'the cat is on the mat' },
  { output: 'on the mat sat the cat, twice', wanted: 'The cat sat on the mat.' },
  { output: '', wanted: 'nothing' },
];
test.each([
  ['bleu', 24.697],
  ['chrf', 54.362],
  ['chrf++', 55.285],
  ['ter', 46.154],
  ['rouge1', 58.547],
  ['rouge2', 38.182],
  ['rougeL', 43.162],
  ['exactMatch', 0],
] as const)('%s of three pairs', (id, value) => {
  expect(scoreOf(textMetrics()[id], PAIRS)).toBeCloseTo(value, 3);
});

describe('of any texts', () => {
  // Of fewer than four words BLEU is 0 by its definition.
  const word = fc.constantFrom('a', 'b', 'c d', 'é', '1.5', '中', '-');
  const text = fc.array(word, { minLength: 4 }).map((words) => words.join(' '));

  test.each(all)('%s is best where all is as wanted, and never out of bounds', (_, metric) => {
    fc.assert(
      fc.property(fc.array(fc.record({ output: text, wanted: text }), { minLength: 1, maxLength: 4 }), (pairs) => {
        const value = scoreOf(metric, pairs);
        expect(value).toBeGreaterThanOrEqual(0);
        if (metric.better === 'higher') expect(value).toBeLessThanOrEqual(100 + 1e-9);
        const right = scoreOf(
          metric,
          pairs.map(({ wanted }) => ({ output: wanted, wanted })),
        );
        expect(metric.better === 'higher' ? right >= value - 1e-9 : right === 0).toBe(true);
      }),
      { numRuns: propertyRuns(60) },
    );
  });
});

test('a move of any length is one edit', () => {
  const words = Array.from({ length: 12 }, (_, i) => `w${i}`);
  const turned = [...words.slice(7), ...words.slice(0, 7)];
  expect(scoreOf(textMetrics().ter, [{ output: turned.join(' '), wanted: words.join(' ') }])).toBeCloseTo(100 / 12);
});

test('BLEU cuts words as it is told', () => {
  const pair = [{ output: 'Wert: 1,5 «gut»', wanted: 'Wert: 1,5 "gut"' }];
  const [western, intl, char] = [bleu('13a'), bleu('intl'), bleu('char')].map((metric) => scoreOf(metric, pair));
  expect(new Set([western, intl, char]).size).toBe(3);
});

test.each([
  ['skies', 'sky'],
  ['relational', 'relat'],
  ['hopping', 'hop'],
  ['flies', 'fli'],
  ['controlling', 'control'],
])('%s is stemmed to %s', (word, wanted) => {
  expect(stem(word)).toBe(wanted);
});

describe('with intervals', () => {
  const { bleu: words, ter, exactMatch } = textMetrics();
  const many = Array.from({ length: 12 }, (_, i) => ({ output: `a b c d ${i % 4}`, wanted: `a b c d ${i % 3}` }));

  test('each metric alone is what it is beside others', () => {
    const together = atOnce(estimates([words, ter, exactMatch], many));
    expect(together).toEqual([words, ter, exactMatch].map((metric) => atOnce(estimates([metric], many))[0]));
    expect(together[0]!.value).toBeCloseTo(scoreOf(words, many), 10);
    for (const { value, low, high } of together) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  test('one pair has none but where a formula gives it', () => {
    const [bleuOfOne, share] = atOnce(estimates([words, exactMatch], many.slice(0, 1)));
    expect(bleuOfOne).toEqual({ value: expect.closeTo(100) as number });
    expect(share).toMatchObject({ value: 100, low: expect.closeTo(20.65, 2) as number });
  });
});
