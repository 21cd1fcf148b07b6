import { expect, test } from 'vitest';
import { CONSTANTS } from '../../src/core/plan/constants';
import { bandAround } from '../../src/core/plan/quality';
import { fit, readHeldOut, readRuns, weightedResidual } from './fit';

test('the constants equal those of the fit, and 80 % bands hold the runs', () => {
  const runs = readRuns();
  expect(fit(runs, readHeldOut())).toEqual(CONSTANTS);
  const { low, high } = bandAround(1, CONSTANTS.spread);
  const within = runs.filter((run) => {
    const ratio = Math.exp(weightedResidual(run, CONSTANTS));
    return low < ratio && ratio < high;
  });
  // The spread is for unseen texts, so more than 80 % of the fitted runs lie within.
  expect(within.length / runs.length).toBeGreaterThanOrEqual(0.8);
  for (const kind of ['llama', 'bert', 't5']) expect(runs.some(({ run }) => run.kind === kind)).toBe(true);
});

test('other runs give other constants', () => {
  const [first, ...others] = readRuns();
  expect(fit([{ ...first!, loss: 1.2 * first!.loss }, ...others], readHeldOut())).not.toEqual(CONSTANTS);
});
