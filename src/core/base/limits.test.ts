import { expect, test } from 'vitest';
import { isCount, isNumber, listOf } from './limits';
import { z } from './zod';

const VALUES = [0, -0, 1, -1, 1.5, 2 ** 53 - 1, 2 ** 53, NaN, Infinity, null, undefined, '1', [1], {}];

test('quick checks accept the same values as zod', () => {
  for (const value of VALUES) {
    expect(isNumber(value), JSON.stringify(value)).toBe(z.number().safeParse(value).success);
    expect(isCount(value), JSON.stringify(value)).toBe(z.int().nonnegative().safeParse(value).success);
  }
});

test('a list with a quick check reports the same first invalid item as one without', () => {
  const [quick, slow] = [listOf(z.number().nullable(), 3, isNumber), listOf(z.number().nullable(), 3)];
  for (const list of [[], [1, 2.5], [1, null, 3], [1, 'two', null], [1, 2, 3, 4], [NaN], 'none'])
    expect(quick.safeParse(list)).toEqual(slow.safeParse(list));
  expect(quick.safeParse([1, 'two', 'three']).error!.issues.map(({ path }) => path)).toEqual([[1]]);
});
