import { expect, test } from 'vitest';
import { CONSTANTS } from '../../src/core/plan/constants';
import { NINE_OF_TEN, remainingShare } from '../../src/core/plan/law';
import { circumstancesOf, fit, readRuns } from './fit';

test('the constants are those that the fit gives, and runs end where they say', () => {
  const runs = readRuns();
  expect(fit(runs)).toEqual(CONSTANTS);
  const within = runs.filter((run) => {
    const value = remainingShare(circumstancesOf(run), CONSTANTS) * run.unigramBits;
    return Math.abs(Math.log(value / run.bits)) < NINE_OF_TEN * CONSTANTS.spread;
  });
  expect(within.length / runs.length).toBeGreaterThanOrEqual(0.9);
});

test('other runs give other constants', () => {
  const [first, ...others] = readRuns();
  expect(fit([{ ...first!, bits: 1.2 * first!.bits }, ...others])).not.toEqual(CONSTANTS);
});
