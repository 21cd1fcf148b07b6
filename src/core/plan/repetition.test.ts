import { expect, test } from 'vitest';
import { repeatedShare } from './repetition';

const part = (training: number[], heldOut: number[]) => ({
  training: Uint32Array.from(training),
  heldOut: Uint32Array.from(heldOut),
});

test('counts a token as repeated if it last followed the same four tokens', () => {
  // 1 2 3 4 is followed by 5, and later by 6; 2 3 4 6 is followed by 7.
  const trained = [1, 2, 3, 4, 5, 1, 2, 3, 4, 6, 7];
  expect(repeatedShare([part(trained, [1, 2, 3, 4, 6, 7])], 8)).toBe(1);
  expect(repeatedShare([part(trained, [1, 2, 3, 4, 5, 7])], 8)).toBe(0);
  expect(repeatedShare([part(trained, [1, 2, 3, 4, 6, 5])], 8)).toBe(0.5);
  // Repetition counts across passages.
  expect(repeatedShare([part(trained, []), part([], [1, 2, 3, 4, 6])], 8)).toBe(1);
});

test('large vocabularies don’t collide, and too short a text has no repetition', () => {
  const last = 2 ** 13 - 1;
  const trained = [last, last, last, last, 1, last, last, last, last - 1, 2];
  expect(repeatedShare([part(trained, [last, last, last, last, 1])], 2 ** 13)).toBe(1);
  expect(repeatedShare([part(trained, [last, last, last, last - 1, 1])], 2 ** 13)).toBe(0);
  expect(repeatedShare([part([], [1, 2, 3])], 8)).toBe(0);
});
