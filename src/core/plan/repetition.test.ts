import { expect, test } from 'vitest';
import { repeatedShare } from './repetition';

const part = (trained: number[], held: number[]) => ({
  trained: Uint32Array.from(trained),
  held: Uint32Array.from(held),
});

test('what follows the same four tokens as it last did is said again', () => {
  // 5 follows 1 2 3 4, and later 6 does; 7 follows 2 3 4 6.
  const trained = [1, 2, 3, 4, 5, 1, 2, 3, 4, 6, 7];
  expect(repeatedShare([part(trained, [1, 2, 3, 4, 6, 7])], 8)).toBe(1);
  expect(repeatedShare([part(trained, [1, 2, 3, 4, 5, 7])], 8)).toBe(0);
  expect(repeatedShare([part(trained, [1, 2, 3, 4, 6, 5])], 8)).toBe(0.5);
  // Whatever passage it was said in.
  expect(repeatedShare([part(trained, []), part([], [1, 2, 3, 4, 6])], 8)).toBe(1);
});

test('large vocabularies don’t collide, and too short a text has no repetition', () => {
  const last = 2 ** 13 - 1;
  const trained = [last, last, last, last, 1, last, last, last, last - 1, 2];
  expect(repeatedShare([part(trained, [last, last, last, last, 1])], 2 ** 13)).toBe(1);
  expect(repeatedShare([part(trained, [last, last, last, last - 1, 1])], 2 ** 13)).toBe(0);
  expect(repeatedShare([part([], [1, 2, 3])], 8)).toBe(0);
});
