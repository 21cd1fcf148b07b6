import { expect, test } from 'vitest';
import { lossAt, nearBest, readRates } from './rates';

const measured = readRates();

/** BERT learns only token frequencies in 800 steps, so its rates can't be compared. */
test('each architecture but BERT was measured with each optimizer', () => {
  const names = measured.map(({ kind, optimizer }) => `${kind} ${optimizer}`).toSorted();
  const kinds = ['gpt', 'llama', 't5'];
  expect(names).toEqual(kinds.flatMap((kind) => ['adamw', 'lion', 'muon', 'sgd'].map((id) => `${kind} ${id}`)));
});

test.each(measured.map((rates) => [`${rates.kind} with ${rates.optimizer}`, rates] as const))(
  'the default of %s loses at most 5 % more than the best rate',
  (_, { measured: all, usual }) => {
    expect(lossAt(all, usual) / nearBest(all).best.loss).toBeLessThan(1.05);
  },
);

test('interpolates the range of rates within 2 % of the best, and marks an unmeasured end as open', () => {
  const all = [
    { rate: 1, loss: 4 * 1.02 ** 2 },
    { rate: 4, loss: 4 },
    { rate: 16, loss: 4.01 },
  ];
  const { best, low, high, isOpen } = nearBest(all);
  expect(best.rate).toBe(4);
  expect(low).toBeCloseTo(2, 10);
  expect(high).toBe(16);
  expect(isOpen).toEqual([false, true]);
  expect(lossAt(all, 2)).toBeCloseTo(4 * 1.02, 10);
});
