import { expect, test } from 'vitest';
import { makePlan, type PlanInput } from './plan';
import { beatsTrigram, shortContextWords, trigramWords } from './planWords';

const vocabularies = [{ kind: 'bpe' as const, size: 2048, bytesPerToken: 3.22, unigramBits: 2.86 }];
const inputOf = (trigramBits: number): PlanInput => ({
  text: { bytes: 1.2e6, vocabularies, repeated: 0.02, trigramBits },
  held: 0.1,
  device: { kind: 'wasm', gigaflops: 20 },
  seconds: 180,
});

test.each([
  [2.6, true, /^A trigram model gets about 2\.60: this run should beat it\.$/],
  [1.95, false, /^A trigram model gets about 1\.95: beating it takes about \d+ min\.$/],
  [0.5, false, /^A trigram model gets about 0\.500; no run of up to 4[78] min( \d+ s)? should beat it\.$/],
] as const)('words for a trigram model of %d bits per byte', (bits, isBeaten, words) => {
  const plan = makePlan(inputOf(bits));
  expect(trigramWords(plan.trigram!, plan.seconds)).toMatch(words);
  expect(beatsTrigram(plan.trigram!, plan.seconds)).toBe(isBeaten);
  expect(plan.expected!.value < bits).toBe(isBeaten);
});

test('a run of the stated time should reach the trigram model, and plans of other times state similar ones', () => {
  const expectedIn = (seconds: number): number => makePlan({ ...inputOf(1.95), seconds }).expected!.value;
  const times = [30, 60, 120].map((seconds) => makePlan({ ...inputOf(1.95), seconds }).trigram!.seconds!);
  for (const seconds of times) {
    expect(Math.abs(expectedIn(seconds) / 1.95 - 1)).toBeLessThan(0.005);
    expect(Math.abs(seconds / times[0]! - 1)).toBeLessThan(0.1);
  }
});

test('plans and explains a context below 64 only if fewer than 128 tokens are held out', () => {
  const planFor = (bytes: number) => makePlan({ ...inputOf(2), text: { ...inputOf(2).text, bytes } });
  const [short, long] = [planFor(2000), planFor(5000)];
  expect(short.heldTokens).toBeLessThan(128);
  expect(short.model.config.context).toBeLessThan(64);
  expect(shortContextWords(short)).toBe('The context is 16 tokens, because only 62 are held out.');
  expect(long.heldTokens).toBeGreaterThanOrEqual(128);
  expect(long.model.config.context).toBeGreaterThanOrEqual(64);
  expect(shortContextWords(long)).toBeUndefined();
});
