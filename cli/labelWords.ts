/** Messages about a classifier: long texts, milestones during training, and its final standing. */
import { fittingContext } from '../src/core/base/longTexts';
import { formatCount } from '../src/core/base/units';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import type { Evaluated } from '../src/core/metrics';
import type { BaselineFacts } from '../src/core/objectives/facts';
import type { InRows } from '../src/core/objectives/objective';
import { labelMilestones, type LabelStanding, labelStanding } from '../src/core/runs/labelStanding';

/** Which flag reads long texts whole; undefined if all fit. @param isNew the model has learned nothing, so its context can be set */
export function longTextsWords(laid: InRows | undefined, context: number, isNew: boolean): string | undefined {
  if (!laid?.long) return undefined;
  const fitting = isNew ? fittingContext(laid.long, context) : undefined;
  const contextAdvice = fitting === undefined ? '' : `--context ${fitting} fits all of them; `;
  return `${contextAdvice}--long-texts windows splits them and averages the scores.`;
}

/** Milestones that the newest evaluation reached first. */
export function reachedWords(
  evaluations: readonly (Evaluated & { step: number })[],
  facts: BaselineFacts['labels'],
): readonly string[] {
  const lastStep = evaluations.at(-1)?.step;
  return labelMilestones(evaluations, facts)
    .filter(({ step }) => step !== null && step === lastStep)
    .map(({ title, measure }) => `${title} · ${measure}`);
}

/** Standing by the final evaluation of all held-out texts; undefined for other models. */
export function finalStanding(
  { metrics, documents, labelled }: Evaluation,
  facts: BaselineFacts['labels'],
): LabelStanding | undefined {
  const { accuracy } = metrics;
  if (!labelled || !accuracy) return undefined;
  const labels = { texts: documents, right: Math.round((accuracy.value / 100) * documents) };
  return labelStanding({ loss: metrics['loss']?.value ?? NaN, metrics: { accuracy }, labels }, facts);
}

export const standingWords = ({ judgement, evidence }: LabelStanding): string => `${judgement}. ${evidence}`;

export const atStep = (step: number, words: string): string => `step ${formatCount(step)}: ${words}`;
