import { expect, test } from 'vitest';
import { stepsOfEpoch } from './epoch';
import { DEFAULT_RECIPE } from './recipe';

const recipe = { ...DEFAULT_RECIPE, batch: 8, accumulate: 2 };

test('a part is read once when as many tokens were read as it has', () => {
  const part = { tokens: 1600 * 16, documents: 3 };
  expect(stepsOfEpoch(part, 16, recipe)).toBe(100);
  expect(stepsOfEpoch(part, 16, { ...recipe, objective: 'masked' })).toBe(100);
});

test('each pair is a row, and short as it may be it is read whole', () => {
  const part = { tokens: 24_000, documents: 1600 };
  expect(stepsOfEpoch(part, 16, { ...recipe, objective: 'pairs' })).toBe(100);
  // Of data from an older build nobody knows.
  expect(stepsOfEpoch({ tokens: 1600 * 16 }, 16, { ...recipe, objective: 'pairs' })).toBe(100);
});

test('a row from which spans are taken out is of more text than it shows', () => {
  expect(stepsOfEpoch({ tokens: 1600 * 568 }, 512, { ...recipe, objective: 'spanCorruption' })).toBe(100);
});

test('each window of a stride is a row, and a part with no window counts as one', () => {
  const strided = { ...recipe, stride: 8 };
  expect(stepsOfEpoch({ tokens: 1599 * 8 + 17 }, 16, strided)).toBe(100);
  expect(stepsOfEpoch({ tokens: 5 }, 16, strided)).toBe(1 / 16);
  // Rows of whole documents have no stride.
  expect(stepsOfEpoch({ tokens: 1600 * 16 }, 16, { ...strided, packing: 'documents' })).toBe(100);
});

test('where the rows were counted they are as many', () => {
  expect(stepsOfEpoch({ tokens: 5, documents: 7 }, 16, recipe, 1600)).toBe(100);
});
