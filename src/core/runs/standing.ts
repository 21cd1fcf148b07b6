/** Compares a finished run with baselines, by the evaluation of its best step. For Train, Runs and Evaluate. */
import { stillImproving } from '../objectives/baseline';
import { labelStanding, type MeasuredLabels } from './labelStanding';
import { type Ending, modelStanding, type Standing } from './modelStanding';

export function finishedStanding(
  best: MeasuredLabels,
  settings: Parameters<typeof modelStanding>[1],
  ending: Ending = {},
): Standing {
  const { model, segments } = settings;
  if (!model.config.classes) return modelStanding(best.loss, settings, ending);
  const standing = labelStanding(best, segments.at(-1)!.data.facts?.labels);
  if (!standing) return { kind: 'unknown' };
  return {
    ...standing,
    evidence: `${standing.evidence}${stillImproving(isBeaten(standing) && ending.trend === 'falling')}`,
  };
}

/** Whether a baseline beats the model, or a classifier is no better than one label. */
export const isBeaten = ({ kind }: Pick<Standing, 'kind'>): boolean =>
  kind === 'worse' || kind === 'no better than one label';
