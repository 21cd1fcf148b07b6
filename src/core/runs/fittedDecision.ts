import type { Evaluation } from '../evaluate/evaluation';
import { type Decision, PLAIN_DECISION } from './settings';

/**
 * Returns the decision of a classifier after its evaluation on the validation set: the fitted temperature, with the earlier
 * threshold. Undefined if the decision stays: the evaluation has no labels, or the weights contain the temperature.
 */
export function fittedDecision(
  { labelled }: Pick<Evaluation, 'labelled'>,
  step: number,
  earlier?: Decision & { inWeights?: true },
): Decision | undefined {
  if (!labelled || earlier?.inWeights) return undefined;
  return { temperature: labelled.temperature, atLeast: earlier?.atLeast ?? PLAIN_DECISION.atLeast, step };
}
