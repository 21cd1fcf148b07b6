import { expect, test } from 'vitest';
import type { StepEvent } from '../core/train/run';
import { overdue, overdueWords } from './overdue';
import { RunLog } from './runLog';

const stepped = (step: number, activeMs: number): StepEvent => ({
  ...{ kind: 'step', step, loss: 1, learningRate: 0.1, gradientNorm: 1, tokensPerSecond: 100, memoryBytes: 7 },
  activeMs,
});
/** A run with a number of steps, each of the given milliseconds. */
const made = (steps: number, each: number): RunLog =>
  new RunLog(Array.from({ length: steps }, (_, i) => stepped(i + 1, each * (i + 1))));
const granted = { runId: 'r', milliseconds: 180_000, steps: 200 };

test('a run near its time isn’t flagged, nor is one with few steps', () => {
  expect(overdue(made(50, 900), 200, granted)).toBeUndefined();
  expect(overdue(made(50, 1150), 200, granted)).toBeUndefined();
  expect(overdue(made(9, 3000), 200, granted)).toBeUndefined();
  expect(overdue(made(0, 0), 200, granted)).toBeUndefined();
});

test('a run that exceeds its estimate 1.3 times shows its duration and a plan that ends in time', () => {
  const late = overdue(made(50, 2000), 200, granted)!;
  expect(late.milliseconds).toBe(400_000);
  expect(late.shorter).toEqual({ steps: 90, milliseconds: 180_000 });
  expect(overdueWords(late, granted)).toBe(
    'At this pace the run takes about 7 min, not 3 min. Shortened to 90 steps, it ends after about 3 min and learns less.',
  );
  // Few digits, so that the button's label changes rarely.
  const long = { ...granted, milliseconds: 1_800_000, steps: 20_000 };
  expect(overdue(made(1000, 200), 20_000, long)?.shorter.steps).toBe(9000);
  expect(overdue(made(1000, 190), 20_000, long)?.shorter.steps).toBe(9400);
});

test('if the time is already over, some steps remain for the learning rate to decay', () => {
  const late = overdue(made(100, 2000), 200, granted)!;
  expect(late.shorter).toEqual({ steps: 111, milliseconds: 222_000 });
  expect(overdue(made(190, 2000), 200, granted)).toBeUndefined();
});

test('requesting more steps grants more time', () => {
  expect(overdue(made(50, 2000), 201, granted)).toBeUndefined();
});
