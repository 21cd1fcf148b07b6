import { expect, test } from 'vitest';
import { coveredQuality, uncoveredWords } from './expected';

const vocabulary = { kind: 'bpe' as const, size: 2048, bytesPerToken: 3.22, unigramBits: 2.86 };
const run = {
  vocabulary: 2048,
  repeated: 0.02,
  parameters: 1e5,
  unique: 3e5,
  perStep: 512,
  steps: 400,
  learningRate: 0.0023,
  dropout: 0,
};
const recipe = { objective: 'causal', optimizer: 'adamw' } as const;

test('runs similar to recorded ones have an estimate', () => {
  const { value, low, high, unit } = coveredQuality('gpt', recipe, run, vocabulary)!;
  expect(unit).toBe('bits per byte');
  expect([low, value, high].toSorted()).toEqual([low, value, high]);
});

test.each([
  ['another objective', { ...recipe, objective: 'chats' }, run],
  ['another optimizer', { ...recipe, optimizer: 'lion' }, run],
  ['a rate 5 times the best one', recipe, { ...run, learningRate: 5 * run.learningRate }],
  ['a fifth of the best rate', recipe, { ...run, learningRate: run.learningRate / 5 }],
  ['20 steps', recipe, { ...run, steps: 20 }],
  ['a text with 50 % repetition', recipe, { ...run, repeated: 0.5 }],
] as const)('%s: no estimate', (_, choice, one) => {
  expect(coveredQuality('gpt', choice, one, vocabulary)).toBeUndefined();
});

test.each([
  [0.5, 1e6, '50 % of this text repeats'],
  [0.1, 6656, '6,656 training tokens are too few'],
  [0.1, 1e6, 'no recorded run has this objective'],
])('a plan without an estimate says why: %d repeats, %d tokens', (repeated, tokens, why) => {
  expect(uncoveredWords(repeated, tokens)).toBe(`No estimate of the result: ${why}.`);
});
