import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stream } from '../../base/rng';
import { WRITTEN_METRICS, WRITTEN_METRIC_IDS } from '.';
import { wordsIn, type Words } from './writtenMetric';
import { propertyRuns } from '../../../testing/propertyRuns';

test('lists every metric file', () => {
  const names = readdirSync(new URL('.', import.meta.url))
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .map((name) => name.replace('.ts', ''))
    .filter((name) => !['index', 'writtenMetric'].includes(name));
  expect([...new Set(WRITTEN_METRIC_IDS.map((id) => id.replace(/\d$/, '')))].sort()).toEqual(names.sort());
});

test('splits words at whitespace, or into characters in scripts without it', () => {
  expect(wordsIn(' A cat,\n\tthe\u00A0cat. ')).toEqual(['A', 'cat,', 'the', 'cat.']);
  expect(wordsIn('我看书 abc日x')).toEqual(['我', '看', '书', 'abc', '日', 'x']);
  expect(wordsIn('')).toEqual([]);
});

const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 });
const valueOf = (id: (typeof WRITTEN_METRIC_IDS)[number], texts: readonly Words[]): number =>
  WRITTEN_METRICS[id].of(texts, 0).value;

test('values equal those counted by hand', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
      for (const n of [1, 2] as const) {
        const grams = texts.flatMap((words) => words.flatMap((_, i) => (i + n <= words.length ? [words.slice(i, i + n).join()] : []))); // prettier-ignore
        const unlike = grams.filter((gram, i) => grams.indexOf(gram) === i);
        expect(valueOf(`distinct${n}`, texts)).toEqual((100 * unlike.length) / grams.length);
      }
      const shares = texts.flatMap((words) => {
        const grams = words.slice(3).map((_, i) => words.slice(i, i + 4).join());
        return grams.length > 0 ? [grams.filter((gram, i) => grams.indexOf(gram) < i).length / grams.length] : [];
      });
      const mean = (100 * shares.reduce((a, b) => a + b, 0)) / shares.length;
      expect(valueOf('repetition', texts)).toEqual(Number.isNaN(mean) ? NaN : expect.closeTo(mean, 9));
      const looped = texts.filter((words) => /(?:^| )((?:\S+ )+\S+) \1 \1$/.test(words.join(' ')));
      expect(valueOf('loops', texts)).toBeCloseTo((100 * looped.length) / texts.length, 9);
    }),
    { numRuns: propertyRuns(300) },
  );
});

test('detects repeated phrases', () => {
  const loop = wordsIn('so it went on and on and on and on and on');
  const none = wordsIn('so it went on until it did not go on at all');
  expect([valueOf('loops', [loop, none]), valueOf('loops', [none])]).toEqual([50, 0]);
  expect(valueOf('repetition', [loop])).toBeGreaterThan(30);
  expect(valueOf('repetition', [none])).toBe(0);
});

/** Texts of words with Zipf frequencies. */
function texts(count: number, unlike: number, seed: number): readonly Words[] {
  const at = stream(seed, 'zipf', 0);
  let drawn = 0;
  const word = (): string => String(Math.floor(unlike ** (at(drawn++) / 2 ** 32)));
  return Array.from({ length: count }, () => Array.from({ length: 24 }, word));
}

test.each([
  ['distinct1', 3, 60],
  ['distinct2', 3, 60],
  ['distinct1', 16, 60],
  ['distinct2', 16, 60],
  ['repetition', 16, 4],
] as const)('the interval of %s of %i texts contains that of other texts in 90 of a hundred', (id, count, unlike) => {
  const others = Array.from({ length: 400 }, (_, i) => valueOf(id, texts(count, unlike, 1000 + i)));
  const truth = others.reduce((a, b) => a + b, 0) / others.length;
  let held = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { low, high } = WRITTEN_METRICS[id].of(texts(count, unlike, seed), seed);
    if (low! <= truth && high! >= truth) held++;
  }
  expect(held / 200).toBeGreaterThanOrEqual(0.9);
});
