import { expect, test } from 'vitest';
import type { Evaluation } from './evaluation';
import { judged, standing } from './words';

const evaluation = (bitsPerByte: number): Evaluation => ({
  ...{ tokens: 2000, documents: 3, bytes: 6000, leftOut: [] },
  metrics: {
    loss: { value: 3, low: 2.9, high: 3.1, unit: 'nats per token' },
    bitsPerByte: { value: 1.44, low: 1.4, high: 1.5, unit: '' },
  },
  baselines: { uniform: { loss: 5, bitsPerByte: 2.4 }, trigram: { loss: 4, bitsPerByte: 1.92 }, gzip: { bitsPerByte } },
});
const verdict = (gzip: number) => judged({ part: 'validation', evaluation: evaluation(gzip) });

test('compares with gzip too, so a model judged better beats every baseline', () => {
  expect(verdict(1.2)).toMatchObject({
    tone: 'warn',
    judgement: 'Gzip compression still beats it',
  });
  expect(verdict(1.2).evidence).toMatch(/^Bits per byte 1\.44 on text it never saw; gzip compression gets 1\.20\. /);
  expect(verdict(1.45).judgement).toBe('About as good as gzip compression');
  // If gzip is not the best, the verdict names an n-gram model.
  expect(verdict(2)).toMatchObject({
    tone: 'ok',
    judgement: 'Better than a trigram model',
  });
});

test('reports whether a model that a baseline beats was still improving when training ended', () => {
  const evidence = (gzip: number) => judged({ part: 'validation', evaluation: evaluation(gzip) }, true).evidence;
  const FALLING = 'It was still improving when training ended.';
  expect(evidence(1.2)).toContain(`gets 1.20. ${FALLING} Measured on`);
  expect(evidence(1.45)).not.toContain(FALLING);
  expect(evidence(2)).not.toContain(FALLING);
  expect(verdict(1.2).evidence).not.toContain(FALLING);
});

/** Verdict on 85 texts: `right` by the model and `bayes` by naive Bayes; the majority class gets 58. */
function ofLabels(right: number, bayes: number, change: Partial<Evaluation> = {}) {
  const value = (texts: number): number => (100 * texts) / 85;
  return judged({
    part: 'validation',
    evaluation: {
      ...{ tokens: 9000, documents: 85, bytes: 30_000, leftOut: [] },
      metrics: { accuracy: { value: value(right), low: value(right) - 4, high: value(right), unit: '%' } },
      baselines: { majority: { accuracy: value(58) }, naiveBayes: { accuracy: value(bayes) } },
      ...change,
    },
  });
}

test('the verdict on labels states how many are right, then compares with counting baselines', () => {
  expect(ofLabels(85, 83)).toEqual({
    kind: 'not distinguishable',
    tone: 'ok',
    judgement: '85 of 85 texts right (100 %)',
    evidence:
      'Counting words (naive Bayes) gets 83: too few texts to say which model is better. Always guessing one label gives 68.2 %.',
  });
  expect(ofLabels(85, 70)).toMatchObject({
    kind: 'better',
    evidence: 'Better than counting words (naive Bayes), which gets 70. Always guessing one label gives 68.2 %.',
  });
  expect(ofLabels(70, 83)).toMatchObject({
    kind: 'worse',
    tone: 'warn',
    judgement: '70 of 85 texts right (82.4 %)',
    evidence:
      'Counting words (naive Bayes) still beats it: 70 of 85 against 83. Training first on plain text of this kind may help. Always guessing one label gives 68.2 %.',
  });
  expect(ofLabels(59, 83)).toMatchObject({
    kind: 'worse',
    tone: 'warn',
    judgement: '59 of 85 texts right (69.4 %)',
    evidence: "It hasn't learned the labels: accuracy 69.4 %; always guessing one label gives 68.2 %.",
  });
  // Without baselines, shows the interval; counts pairs for an encoder-decoder.
  expect(ofLabels(80, 0, { baselines: {}, ofPairs: true })).toMatchObject({
    kind: 'unknown',
    judgement: '80 of 85 pairs right (94.1 %)',
    evidence: 'Accuracy 94.1 %, 87.0 to 97.5 on texts it never saw.',
  });
});

test('is better or worse only if the interval excludes the other value', () => {
  expect(standing({ low: 2, high: 3 }, 3.1, 'lower')).toBe('better');
  expect(standing({ low: 2, high: 3 }, 3.1, 'higher')).toBe('worse');
  expect(standing({ low: 2, high: 3 }, 1.9, 'lower')).toBe('worse');
  expect(standing({ low: 2, high: 3 }, 3, 'lower')).toBe('not distinguishable');
  expect(standing({}, 3, 'lower')).toBe('unknown');
});
