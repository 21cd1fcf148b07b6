import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textMetrics } from '.';
import { bleu } from './bleu';
import { atOnce } from '../../base/job';
import { estimates } from './estimate';
import { longestCommon } from './longestCommon';
import { stem } from './stem';
import { type Pair, scoreOf } from './textMetric';
import { propertyRuns } from '../../../testing/propertyRuns';

const all = Object.entries(textMetrics());
const NO_METRICS = ['index', 'textMetric', 'stem', 'estimate', 'longestCommon'];

test('lists every metric file', () => {
  const names = readdirSync(new URL('.', import.meta.url))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .map((name) => name.replace('.ts', ''))
    .filter((name) => !NO_METRICS.includes(name));
  const listed = all.map(([id]) => id.replace(/rouge.$/, 'rouge').replace('++', ''));
  expect([...new Set(listed)].sort()).toEqual(names.sort());
});

/** Values of sacreBLEU 2.6 and rouge-score 0.1.2; oracles/test_metrics.py compares 800 pairs in nine scripts. */
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

describe('any texts', () => {
  // With fewer than four words, BLEU is 0 by definition.
  const word = fc.constantFrom('a', 'b', 'c d', 'é', '1.5', '中', '-');
  const text = fc.array(word, { minLength: 4 }).map((words) => words.join(' '));

  test.each(all)('%s is best if all outputs equal their references, and never out of bounds', (_, metric) => {
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

test('a shift of any length is one edit', () => {
  const words = Array.from({ length: 12 }, (_, i) => `w${i}`);
  const turned = [...words.slice(7), ...words.slice(0, 7)];
  expect(scoreOf(textMetrics().ter, [{ output: turned.join(' '), wanted: words.join(' ') }])).toBeCloseTo(100 / 12);
});

test('BLEU tokenizes words as configured', () => {
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

  test('each metric has the same value alone and together with others', () => {
    const together = atOnce(estimates([words, ter, exactMatch], many));
    expect(together).toEqual([words, ter, exactMatch].map((metric) => atOnce(estimates([metric], many))[0]));
    expect(together[0]!.value).toBeCloseTo(scoreOf(words, many), 10);
    for (const { value, low, high } of together) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  test('one pair has an interval only if a formula gives it', () => {
    const [bleuOfOne, share] = atOnce(estimates([words, exactMatch], many.slice(0, 1)));
    expect(bleuOfOne).toEqual({ value: expect.closeTo(100) as number });
    expect(share).toMatchObject({ value: 100, low: expect.closeTo(20.65, 2) as number });
  });
});

describe('long texts', () => {
  const words = (count: number, from: number): string => Array.from({ length: count }, (_, i) => `w${(i * 7919 + from) % 997}`).join(' '); // prettier-ignore

  test('the longest common subsequence equals that of a full table', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 120 });
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        let row = new Array<number>(b.length + 1).fill(0);
        for (const letter of a)
          row = b.reduce<number[]>((next, other, j) => [...next, letter === other ? row[j]! + 1 : Math.max(row[j + 1]!, next[j]!)], [0]); // prettier-ignore
        expect(longestCommon(a, b)).toBe(row.at(-1));
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test('TER and ROUGE-L of thousands of words use little memory', () => {
    const [output, wanted] = [words(5000, 0), words(5000, 3)];
    const before = process.memoryUsage().arrayBuffers;
    const { ter, rougeL } = textMetrics();
    expect(ter.statistics(output, wanted)[1]).toBe(5000);
    expect(rougeL.statistics(output, wanted)[0]).toBeGreaterThan(0.1);
    // A full table has 125 MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  }, 60_000);

  test.each([
    ['ter', 'a '.repeat(5001), 'TER compares texts of up to 5,000 words, and the output of pair 2 has 5,001.'],
    [
      'rougeL',
      'a '.repeat(300_000),
      'ROUGE-L compares texts of up to 100,000 words, and the output of pair 2 has 300,000.',
    ],
    ['chrf', 'a'.repeat(1_000_001), 'chrF compares texts of up to 1,000,000 characters, and the output of pair 2 has 1,000,001.'], // prettier-ignore
    ['bleu', 'a'.repeat(1_000_001), 'BLEU compares texts of up to 1,000,000 characters, and the output of pair 2 has 1,000,001.'], // prettier-ignore
  ] as const)('%s rejects longer texts before any work', (id, output, message) => {
    const metric = { ...textMetrics()[id], statistics: (): number[] => expect.unreachable() };
    const pairs = [
      { output: 'a', wanted: 'a' },
      { output, wanted: 'b' },
    ];
    const refusal = expect.objectContaining({ code: 'bad-settings', message }) as Error;
    expect(() => scoreOf(metric, pairs)).toThrow(refusal);
    expect(() => atOnce(estimates([metric], pairs))).toThrow(refusal);
  });

  test('reads whitespace within a text once', () => {
    const output = `a${' '.repeat(400_000)}b`;
    expect(scoreOf(textMetrics().exactMatch, [{ output, wanted: 'a b' }])).toBe(100);
    expect(scoreOf(textMetrics().ter, [{ output, wanted: 'a b' }])).toBe(0);
    expect(scoreOf(textMetrics().bleu, [{ output, wanted: output }])).toBe(0);
  }, 10_000);
});

test('BLEU is at most 100', () => {
  const values = Array.from({ length: 200 }, (_, n) => {
    const text = Array.from({ length: n + 4 }, (_, i) => `w${i}`).join(' ');
    return scoreOf(bleu('13a'), [{ output: text, wanted: text }]);
  });
  expect(Math.max(...values)).toBe(100);
  expect(Math.min(...values)).toBeCloseTo(100, 9);
});
