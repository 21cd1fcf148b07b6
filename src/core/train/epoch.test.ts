import { expect, test } from 'vitest';
import { stepsOfEpoch } from './epoch';
import { DEFAULT_RECIPE } from './recipe';

const recipe = { ...DEFAULT_RECIPE, batch: 8, accumulate: 2 };

test('an epoch reads as many tokens as a part has', () => {
  const part = { tokens: 1600 * 16, documents: 3 };
  expect(stepsOfEpoch(part, 16, recipe)).toBe(100);
  expect(stepsOfEpoch(part, 16, { ...recipe, objective: 'masked' })).toBe(100);
});

test('each pair is one row, however short', () => {
  const part = { tokens: 24_000, documents: 1600 };
  expect(stepsOfEpoch(part, 16, { ...recipe, objective: 'pairs' })).toBe(100);
  // Data of older builds lack the number of documents.
  expect(stepsOfEpoch({ tokens: 1600 * 16 }, 16, { ...recipe, objective: 'pairs' })).toBe(100);
});

test('a row of span corruption covers more text than its input length', () => {
  expect(stepsOfEpoch({ tokens: 1600 * 568 }, 512, { ...recipe, objective: 'spanCorruption' })).toBe(100);
});

test('each window of a stride is a row, and a part without windows has one', () => {
  const strided = { ...recipe, stride: 8 };
  expect(stepsOfEpoch({ tokens: 1599 * 8 + 17 }, 16, strided)).toBe(100);
  expect(stepsOfEpoch({ tokens: 5 }, 16, strided)).toBe(1 / 16);
  // The stride doesn't apply to rows of whole documents.
  expect(stepsOfEpoch({ tokens: 1600 * 16 }, 16, { ...strided, packing: 'documents' })).toBe(100);
});

test('uses the number of counted rows', () => {
  expect(stepsOfEpoch({ tokens: 5, documents: 7 }, 16, recipe, 1600)).toBe(100);
});
