import { expect, test } from 'vitest';
import type { PlannedCommand } from './plan';
import { inSubmits } from './replay';

const dispatch = (expectedMs: number) =>
  ({ pipeline: {}, group: {}, grid: [1, 1, 1], expectedMs }) as unknown as PlannedCommand;
const copy = (expectedMs: number) => ({ from: {}, to: {}, bytes: 4, expectedMs }) as unknown as PlannedCommand;
const parts = (commands: readonly PlannedCommand[], max: number) =>
  inSubmits(commands, max).map(({ segments }) => segments.flat().map(({ expectedMs }) => expectedMs));

test('fills submits up to the expected time and keeps the order', () => {
  const commands = [50, 100, 50, 1, 199, 10, 190].map(dispatch);
  expect(parts(commands, 200)).toEqual([
    [50, 100, 50],
    [1, 199],
    [10, 190],
  ]);
  expect(parts(commands, 199)).toEqual([[50, 100], [50, 1], [199], [10], [190]]);
  expect(parts(commands, Infinity)).toEqual([[50, 100, 50, 1, 199, 10, 190]]);
});

test('a command that takes longer than the limit goes alone', () => {
  expect(parts([10, 300, 10, 10].map(dispatch), 200)).toEqual([[10], [300], [10, 10]]);
  expect(parts([300, 300].map(dispatch), 200)).toEqual([[300], [300]]);
});

test('the first pass begins and the last pass ends, whatever copies there are', () => {
  const all = inSubmits([copy(150), dispatch(100), dispatch(150), copy(100)], 200);
  expect(all.map(({ begins, ends }) => [begins, ends])).toEqual([
    [false, false],
    [true, false],
    [false, true],
    [false, false],
  ]);
});
