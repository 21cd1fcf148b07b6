import { expect, test } from 'vitest';
import { makePlan, type PlanInput } from './plan';
import { beatsTrigram, trigramWords } from './planWords';

const vocabularies = [{ kind: 'bpe' as const, size: 2048, bytesPerToken: 3.22, unigramBits: 2.86 }];
const inputOf = (trigramBits: number): PlanInput => ({
  text: { bytes: 1.2e6, vocabularies, repeated: 0.02, trigramBits },
  held: 0.1,
  device: { kind: 'wasm', gigaflops: 20 },
  seconds: 180,
});

test.each([
  [2.6, true, /^A trigram model gets about 2\.60: this run should beat it\.$/],
  [1.95, false, /^A trigram model gets about 1\.95: beating it takes about \d+ min( \d+ s)?\.$/],
  [0.5, false, /^A trigram model gets about 0\.500; no run of up to 48 min should beat it\.$/],
] as const)('a trigram model of %d bits per byte', (bits, isBeaten, words) => {
  const plan = makePlan(inputOf(bits));
  expect(trigramWords(plan.trigram!, 180)).toMatch(words);
  expect(beatsTrigram(plan.trigram!, 180)).toBe(isBeaten);
  expect(plan.expected!.value < bits).toBe(isBeaten);
});

test('the longer run that is named is expected to beat it, and half of it is not', () => {
  const { trigram } = makePlan(inputOf(1.95));
  const expectedIn = (seconds: number): number => makePlan({ ...inputOf(1.95), seconds }).expected!.value;
  expect(expectedIn(trigram!.seconds!)).toBeLessThan(1.95);
  expect(expectedIn(trigram!.seconds! / 2)).toBeGreaterThanOrEqual(1.95);
});
