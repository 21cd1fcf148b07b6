import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { stepsIn, timeOf } from './measuredPace';

const ms = fc.double({ min: 0.01, max: 1e5, noNaN: true });
const every = fc.integer({ min: 1, max: 5000 });

test('a run, new or resumed, takes as many steps as fit the time and not one more', () => {
  fc.assert(
    fc.property(
      fc.record({ start: ms, step: ms, evaluate: ms, save: ms }),
      fc.record({ evalEvery: every, saveEvery: every }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      (pace, cadence, begun, time) => {
        const recipe = { ...DEFAULT_RECIPE, ...cadence };
        const steps = stepsIn(time, pace, recipe, begun);
        expect(steps).toBeGreaterThanOrEqual(begun);
        if (steps > begun) expect(timeOf(pace, recipe, begun, steps)).toBeLessThanOrEqual(time);
        expect(timeOf(pace, recipe, begun, steps + 1)).toBeGreaterThan(time);
      },
    ),
  );
});

test('evaluations and saves are counted as training makes them: at their steps, and at the last', () => {
  const recipe = { ...DEFAULT_RECIPE, evalEvery: 4, saveEvery: 10 };
  const pace = { start: 0, step: 0, evaluate: 1, save: 100 };
  const counted = (begun: number, steps: number): number => {
    let time = 0;
    for (let step = begun + 1; step <= steps; step++) {
      const isLast = step === steps;
      if (isLast || step % recipe.evalEvery === 0) time += pace.evaluate;
      if (isLast || step % recipe.saveEvery === 0) time += pace.save;
    }
    return time;
  };
  for (const begun of [0, 3, 4, 10, 19])
    for (let steps = begun + 1; steps < 60; steps++)
      expect(timeOf(pace, recipe, begun, steps), `${begun} to ${steps}`).toBe(counted(begun, steps));
});
