import { beforeAll, describe, expect, test } from 'vitest';
import type { TrainState } from '../checkpoint/snapshot';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { losses, stepsOf, watch } from '../../testing/watchedRun';
import {
  evalEveryFor,
  evaluationsBeforeEnd,
  isOutOfPatience,
  isTooShortForPatience,
  type Waited,
  waitedAfter,
  resumedState,
} from './patience';

const state: TrainState = { step: 9, tokensSeen: 0, activeMs: 0, best: null };
const after = (losses: readonly number[], recipe: { patience: number; minDelta: number }): Waited | undefined =>
  losses.reduce<Waited | undefined>((waited, loss) => waitedAfter(waited, loss, recipe), undefined);

test('counts a fall below the lowest loss by more than the minimum as an improvement', () => {
  expect(after([3, 2, 2.1, 2], { patience: 3, minDelta: 0 })).toEqual({ loss: 2, evaluations: 2 });
  expect(after([3, 2, 2.1, 1.9], { patience: 3, minDelta: 0 })).toEqual({ loss: 1.9, evaluations: 0 });
  // Small falls add up, because each is compared with the last improved loss.
  expect(after([3, 2.95, 2.9], { patience: 3, minDelta: 0.1 })).toEqual({ loss: 3, evaluations: 2 });
  expect(after([3, 2.95, 2.875], { patience: 3, minDelta: 0.1 })).toEqual({ loss: 2.875, evaluations: 0 });
  expect(after([3, 2], { patience: 0, minDelta: 0 })).toBeUndefined();
});

test('runs out of patience after that many evaluations, and counts from zero after a resume', () => {
  const recipe = { patience: 2, minDelta: 0 };
  const waited = { loss: 2, evaluations: 2 };
  expect(isOutOfPatience({ ...state, waited }, recipe)).toBe(true);
  expect(isOutOfPatience({ ...state, waited }, { ...recipe, patience: 3 })).toBe(false);
  expect(isOutOfPatience({ ...state, waited }, { ...recipe, patience: 0 })).toBe(false);
  expect(isOutOfPatience(state, recipe)).toBe(false);
  expect(resumedState({ ...state, waited }, recipe)).toEqual({ ...state, waited: { loss: 2, evaluations: 0 } });
  expect(resumedState({ ...state, waited: { loss: 2, evaluations: 1 } }, recipe).waited).toEqual({
    loss: 2,
    evaluations: 1,
  });
  expect(resumedState({ ...state, waited }, { ...recipe, patience: 0 })).toEqual(state);
});

test('a run is too short for early stopping if its last step comes before the patience ends', () => {
  const run = { steps: 100, evalEvery: 20, evalEarly: false };
  expect(evaluationsBeforeEnd({ ...run, patience: 0 })).toBe(4);
  expect([0, 4, 5].map((patience) => isTooShortForPatience({ ...run, patience }))).toEqual([false, false, true]);
  expect(isTooShortForPatience({ ...run, patience: 5, evalEarly: true })).toBe(false);
});

test('suggests an evaluation interval short enough for the patience of a short run', () => {
  const cases = [[2000, 3], [100, 3], [100, 20], [4, 3]] as const; // prettier-ignore
  expect(cases.map(([steps, patience]) => evalEveryFor({ steps, patience }))).toEqual([200, 10, 2, 1]);
  for (const [steps, patience] of cases.slice(0, 3)) {
    const evalEvery = evalEveryFor({ steps, patience });
    expect(isTooShortForPatience({ steps, patience, evalEvery, evalEarly: false })).toBe(false);
  }
});

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });

  test('a run without improvement ends early and is saved, resumes like a run without patience, and ends at the same step after a stop', async () => {
    // At a rate near 0 nothing improves, so the evaluation at step 0 is the best.
    const still = { learningRate: 1e-9, dropout: 0, evalEvery: 2, saveEvery: 50, patience: 3, minDelta: 1e-3 };
    const early = await watch(still);
    expect(early.outcome).toMatchObject({ reason: 'early', state: { step: 6, waited: { evaluations: 3 } } });
    const first = early.events.find((event) => event.kind === 'evaluated')!;
    const earlyEvents = early.events.filter((event) => event.kind === 'early');
    expect(earlyEvents).toEqual([{ kind: 'early', step: 6, loss: first.loss, evaluations: 3 }]);
    expect(stepsOf(early.events, 'saved')).toEqual([0, 6]);
    expect(early.saved.at(-1)!.state).toEqual(early.outcome.state);

    const whole = await watch({ ...still, patience: 0 });
    expect(whole.outcome).toMatchObject({ reason: 'finished', state: { step: 12 } });
    expect(whole.outcome.state.waited).toBeUndefined();
    const on = await watch(still, { from: early.saved.at(-1)! });
    expect([...losses(early.events), ...losses(on.events)]).toEqual(losses(whole.events));
    expect(on.outcome).toMatchObject({ reason: 'finished', state: { step: 12, waited: { evaluations: 3 } } });

    const stopped = await watch(still, { stopAt: 3 });
    expect(stopped.outcome.reason).toBe('stopped');
    const resumed = await watch(still, { from: stopped.saved.at(-1)! });
    expect(resumed.outcome).toMatchObject({ reason: 'early', state: { step: 6 } });

    const learning = await watch({ evalEvery: 3, patience: 1, minDelta: 0 });
    expect(learning.outcome.reason).toBe('finished');
  });
});
