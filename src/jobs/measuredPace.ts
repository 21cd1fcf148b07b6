/** Speed of a run on this machine, measured by a short trial, and the number of steps that fit into a time. */
import { badSettings } from '../core/base/errors';
import { yieldToEventLoop } from '../core/base/job';
import { formatDuration } from '../core/base/units';
import { RECIPE, type Recipe } from '../core/train/recipe';
import { evaluationsBetween } from '../core/train/evaluations';
import type { TrainInput } from '../core/train/run';
import { train } from '../core/train/train';

/** Milliseconds. */
export interface Pace {
  /** Until the first step starts. */
  start: number;
  step: number;
  evaluate: number;
  save: number;
}

/**
 * Trains for about `patience` and at least a few steps, then discards the result.
 * @param input `save` takes as long as a save, but keeps nothing
 * @param patience milliseconds of steps
 * @param limit milliseconds
 * @throws HomegrownError `bad-settings` once the first steps exceed the limit
 */
export async function measurePace(
  input: TrainInput,
  patience: number,
  signal: AbortSignal,
  limit = Infinity,
): Promise<Pace> {
  const { now } = input;
  const firstStep = input.from?.state.step ?? 0;
  const trialEnd = new AbortController();
  /** End of each step. */
  const steps: number[] = [];
  const startedAt = now();
  let [saveStartedAt, savedAt, evaluatedAt] = [0, 0, 0];
  const checkTime = (): void => {
    if (steps.length < MIN_STEPS && now() - startedAt > limit)
      throw badSettings(
        `The device finished fewer than ${MIN_STEPS} steps in ${formatDuration(limit)}.`,
        'Choose another --device.',
      );
  };
  await train(
    {
      ...input,
      recipe: {
        ...input.recipe,
        steps: firstStep + MAX_STEPS,
        evalEvery: MAX_STEPS,
        evalEarly: false,
        saveEvery: MAX_STEPS,
        ...MIN_RATE,
      },
      async save(snapshot) {
        saveStartedAt = now();
        const saved = await input.save(snapshot);
        savedAt = now();
        return saved;
      },
      pause() {
        checkTime();
        return yieldToEventLoop();
      },
    },
    {
      signal: AbortSignal.any([signal, trialEnd.signal]),
      report({ kind }) {
        checkTime();
        if (kind === 'evaluated') evaluatedAt = now();
        if (kind !== 'step') return;
        steps.push(now());
        if (steps.length >= MIN_STEPS && now() - steps[0]! > patience) trialEnd.abort();
      },
    },
  );
  signal.throwIfAborted();
  // The first steps are slower: code is compiled, and pools fill.
  const steadySteps = steps.slice(Math.floor(steps.length / 2));
  const step = Math.max(MIN_STEP_MS, (steadySteps.at(-1)! - steadySteps[0]!) / (steadySteps.length - 1));
  // The trial ends with a save and an evaluation.
  return {
    start: Math.max(0, steps[0]! - step - startedAt),
    step,
    evaluate: evaluatedAt - savedAt,
    save: savedAt - saveStartedAt,
  };
}
/** Without warm-up a run might diverge at its full rate. */
const MIN_RATE = { warmup: 0, learningRate: RECIPE.learningRate.min } as const;
const MAX_STEPS = 1e6;
const MIN_STEPS = 4;
/** Clocks are coarse. */
const MIN_STEP_MS = 1e-3;

/** Milliseconds of a run from step `firstStep` to step `steps`. */
export function timeOf(pace: Pace, recipe: Recipe, firstStep: number, steps: number): number {
  const saves = Math.floor((steps - 1) / recipe.saveEvery) - Math.floor(firstStep / recipe.saveEvery) + 1;
  const evaluations = evaluationsBetween(recipe, firstStep, steps);
  return pace.start + (steps - firstStep) * pace.step + evaluations * pace.evaluate + saves * pace.save;
}

/** The last step that a time allows; `firstStep` if it allows no more. */
export function stepsIn(time: number, pace: Pace, recipe: Recipe, firstStep: number): number {
  const max = Math.min(RECIPE.steps.max, firstStep + Math.ceil(Math.max(0, time) / pace.step));
  let [fitting, exceeding] = [firstStep, max + 1];
  while (exceeding - fitting > 1) {
    const steps = Math.floor((fitting + exceeding) / 2);
    if (timeOf(pace, recipe, firstStep, steps) <= time) fitting = steps;
    else exceeding = steps;
  }
  return fitting;
}
