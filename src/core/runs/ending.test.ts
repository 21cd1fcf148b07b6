import { expect, test } from 'vitest';
import { endingOf } from './ending';

test.each([
  ['finished', 100, 'finished'],
  ['finished', 40, 'early'],
  ['stopped', 40, 'stopped'],
  ['running', 40, 'interrupted'],
  ['failed', 40, 'failed'],
  // Older builds recorded a run that was imported at its last step this way.
  ['stopped', 100, 'finished'],
] as const)('a run recorded as %s at step %i of 100 is %s', (status, step, ending) => {
  expect(endingOf({ status }, step, 100)).toBe(ending);
});
