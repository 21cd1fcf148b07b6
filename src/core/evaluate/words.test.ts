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
    judgement: 'Not as good as packing by gzip, by 0.24 bits a byte',
  });
  expect(verdict(1.2).evidence).toMatch(
    /^It needs 1\.44 bits a byte on .*; packing by gzip needs 1\.2, and a trigram model/,
  );
  expect(verdict(1.45).judgement).toBe('Not distinguishable from packing by gzip on this much text');
  // Where that is not the best, tokens tell.
  expect(verdict(2)).toMatchObject({
    tone: 'ok',
    judgement: 'Better than a trigram model by 1.44 bits a token',
  });
});

test('better and worse are where the interval does not hold the other value', () => {
  expect(standing({ low: 2, high: 3 }, 3.1, 'lower')).toBe('better');
  expect(standing({ low: 2, high: 3 }, 3.1, 'higher')).toBe('worse');
  expect(standing({ low: 2, high: 3 }, 1.9, 'lower')).toBe('worse');
  expect(standing({ low: 2, high: 3 }, 3, 'lower')).toBe('not distinguishable');
  expect(standing({}, 3, 'lower')).toBe('unknown');
});
