import { expect, test } from 'vitest';
import type { Evaluation } from './evaluation';
import { judged, standing } from './words';

const evaluation = (bitsPerByte: number): Evaluation => ({
  ...{ tokens: 2000, documents: 3, bytes: 6000, leftOut: [] },
  metrics: {
    loss: { value: 3, low: 2.9, high: 3.1, unit: 'nats per token' },
    bitsPerByte: { value: 1.44, low: 1.4, high: 1.5, unit: 'bits per byte' },
  },
  baselines: { uniform: { loss: 5, bitsPerByte: 2.4 }, trigram: { loss: 4, bitsPerByte: 1.92 }, gzip: { bitsPerByte } },
});
const verdict = (gzip: number) => judged({ part: 'validation', evaluation: evaluation(gzip) });

test('what counts no tokens is held against it too: nothing is better than it where the verdict says better', () => {
  expect(verdict(1.2)).toMatchObject({
    tone: 'warn',
    judgement: 'Gzip compression still beats it',
  });
  expect(verdict(1.2).evidence).toMatch(
    /^This model needs 0\.24 bits per byte more on text it never saw: 1\.44 against 1\.2\. /,
  );
  expect(verdict(1.45).judgement).toBe('About as good as gzip compression');
  // Where that is not the best, tokens tell.
  expect(verdict(2)).toMatchObject({
    tone: 'ok',
    judgement: 'Better than a trigram model',
  });
});

test('of a model that a baseline beats it says whether perplexity was still falling when training ended', () => {
  const evidence = (gzip: number) => judged({ part: 'validation', evaluation: evaluation(gzip) }, true).evidence;
  const FALLING = 'Perplexity was still falling when training ended.';
  expect(evidence(1.2)).toContain(`1.44 against 1.2. ${FALLING} Measured on`);
  expect(evidence(1.45)).not.toContain(FALLING);
  expect(evidence(2)).not.toContain(FALLING);
  expect(verdict(1.2).evidence).not.toContain(FALLING);
});

test('better and worse are where the interval does not hold the other value', () => {
  expect(standing({ low: 2, high: 3 }, 3.1, 'lower')).toBe('better');
  expect(standing({ low: 2, high: 3 }, 3.1, 'higher')).toBe('worse');
  expect(standing({ low: 2, high: 3 }, 1.9, 'lower')).toBe('worse');
  expect(standing({ low: 2, high: 3 }, 3, 'lower')).toBe('not distinguishable');
  expect(standing({}, 3, 'lower')).toBe('unknown');
});
