import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TrainEvent } from '../core/train/run';
import { newOpenRun } from '../state/openRun';
import { IDLE } from '../state/work';
import { calm, isBeginning } from './calm';
import type { Studio } from '../state/slices/studio';

type State = Pick<Studio, 'importing' | 'training' | 'opened'>;
const REST: State = { importing: IDLE, training: null, opened: {} };
const evaluated = (step: number): TrainEvent => ({
  ...{ kind: 'evaluated', loss: 1, metrics: {}, activeMs: 1, sample: '' },
  step,
});
function trained(...steps: number[]): State {
  const run = newOpenRun('r');
  for (const step of steps) run.log.append(evaluated(step));
  return { ...REST, training: { runId: 'r', projectId: 'p' }, opened: { r: run } };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a run is beginning until one of its steps is evaluated, and a text until it is read', () => {
  expect(isBeginning(REST)).toBe(false);
  const progress = null;
  const importing = { kind: 'busy', progress, since: 0, at: 0, stop: () => undefined } as const;
  expect(isBeginning({ ...REST, importing })).toBe(true);
  expect(isBeginning(trained())).toBe(true);
  expect(isBeginning(trained(0))).toBe(true);
  expect(isBeginning(trained(0, 10))).toBe(false);
  const seldom = trained(0);
  const step = { kind: 'step', loss: 1, learningRate: 1, gradientNorm: 1, tokensPerSecond: 1, memoryBytes: 1 } as const;
  seldom.opened['r']!.log.append({ ...step, step: 40, activeMs: 1 });
  expect(isBeginning(seldom)).toBe(false);
});

test('calm comes after the work that follows a text, too', async () => {
  let now = REST;
  let isCalm = false;
  void calm({ getState: () => now as Studio }).then(() => (isCalm = true));
  await vi.advanceTimersByTimeAsync(600);
  now = trained(0);
  await vi.advanceTimersByTimeAsync(5000);
  expect(isCalm).toBe(false);
  now = trained(0, 10);
  await vi.advanceTimersByTimeAsync(1100);
  expect(isCalm).toBe(true);
});
