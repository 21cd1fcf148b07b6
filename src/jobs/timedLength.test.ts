import { expect, test } from 'vitest';
import { isEvaluated } from '../core/train/evaluations';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import { stepsIn } from './measuredPace';
import { TimedLength } from './timedLength';

const pace = { start: 0, step: 10, evaluate: 200, save: 50 };
const TIME = 60_000;
const recipe: Recipe = { ...DEFAULT_RECIPE, evalEvery: 500, saveEvery: 500, evalEarly: true };

/** Run on a simulated clock that each step advances. @returns time and step of its end */
function ended(
  stepAt: (time: number) => number,
  max = Infinity,
): { time: number; step: number; changes: number; words: string[] } {
  let [time, step, changes] = [0, 0, 0];
  const words: string[] = [];
  const steps = stepsIn(0.95 * TIME, pace, recipe, 0);
  const timed = new TimedLength(
    { ...recipe, steps },
    pace,
    max,
    () => TIME - time,
    () => time,
  );
  for (let before = timed.steps; step < timed.steps; before = timed.steps) {
    time += stepAt(time);
    step += 1;
    const said = timed.follow({ kind: 'step', step } as TrainEvent);
    if (said !== undefined) words.push(said);
    if (isEvaluated(recipe, step)) {
      time += pace.evaluate + pace.save;
      timed.follow({ kind: 'evaluated', step } as TrainEvent);
    }
    if (timed.steps !== before) changes += 1;
  }
  return { time: time + pace.evaluate + pace.save, step, changes, words };
}

test('a run ends in its time if steps become slower or faster, with as many steps as the time holds', () => {
  for (const [name, stepAt] of Object.entries({
    'slower from the beginning': () => 14,
    'quicker from the beginning': () => 6,
    'slower in the middle': (time: number) => (time > TIME / 2 ? 20 : 10),
    'now slower, now quicker': (time: number) => (Math.floor(time / 7000) % 2 === 0 ? 8 : 15),
  })) {
    const { time, changes, words } = ended(stepAt);
    expect(words[0], name).toMatch(/^A step now takes \d+ ms, so the run has [\d,]+ steps\.$/);
    expect(changes, name).toBeGreaterThan(0);
    expect(time, name).toBeLessThanOrEqual(TIME);
    expect(time, name).toBeGreaterThan(0.93 * TIME);
  }
});

test('a machine of constant speed makes nearly the planned steps, and the limit on epochs holds', () => {
  const fitted = stepsIn(0.95 * TIME, pace, recipe, 0);
  const { step, time, words } = ended((at) => 10 + Math.sin(at));
  expect(words).toEqual([]);
  expect(step / fitted).toBeGreaterThan(0.98);
  expect(time).toBeLessThanOrEqual(TIME);
  expect(ended(() => 5, fitted).step).toBe(fitted);
});
