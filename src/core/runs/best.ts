/** Finds a run's best step on the validation set, whether its weights are still saved, and the default step. */
import type { SavedStep } from '../checkpoint/checkpoint';
import type { BaseConfig } from '../models/spec';
import { isMeasuredAlike, measuredAt } from './segments';

/** A step and its loss in nats per token. */
export interface StepLoss {
  step: number;
  loss: number;
}

/**
 * Best evaluation up to the saved step `upTo`, if its weights were not saved: it is neither that step, nor matched by the
 * best saved step. Happens in runs of builds that saved a best step only at regular saves, and in models imported without it.
 */
export function bestNotKept(
  evaluations: readonly StepLoss[],
  upTo: number,
  savedBest: StepLoss | null,
): StepLoss | undefined {
  let best: StepLoss | undefined;
  for (const { step, loss } of evaluations) {
    if (step <= upTo && loss < (best?.loss ?? Infinity)) best = { step, loss };
  }
  return best && best.step !== upTo && best.loss < (savedBest?.loss ?? Infinity) ? best : undefined;
}

/** Fields of a run's record that determine the default step. */
interface MeasuredRun {
  model: { config: BaseConfig };
  segments: Parameters<typeof isMeasuredAlike>[0]['segments'];
}
type Step = Pick<SavedStep, 'step' | 'latest' | 'best' | 'loss'>;

/** Whether a step was measured on other data, or with other settings, than the latest step. */
export function isOfEarlierSegment(
  { steps, record }: { steps: readonly Step[]; record: Pick<MeasuredRun, 'segments'> | null },
  step: Step,
): boolean {
  const latest = steps.find((other) => other.latest);
  return record !== null && latest !== undefined && !isMeasuredAlike(record, latest.step)(step);
}

/** The best saved step, if its loss is known and comparable with the latest step's. */
export function comparableBest(run: Parameters<typeof isOfEarlierSegment>[0]): StepLoss | null {
  const best = run.steps.find((step) => step.best);
  return best && best.loss !== null && !isOfEarlierSegment(run, best) ? { step: best.step, loss: best.loss } : null;
}

/**
 * Default step if a person picks none: the best or the latest saved step, whichever has the lower loss.
 * @param evaluations on the validation set, oldest first
 */
export function defaultStep(
  record: MeasuredRun,
  steps: readonly Step[],
  evaluations: readonly StepLoss[],
): 'best' | 'latest' {
  const best = comparableBest({ steps, record });
  const latest = steps.find((step) => step.latest);
  if (!best || !latest) return 'latest';
  const latestEvaluation = measuredAt(record, evaluations, latest.step);
  return !latestEvaluation || best.loss < latestEvaluation.loss ? 'best' : 'latest';
}
