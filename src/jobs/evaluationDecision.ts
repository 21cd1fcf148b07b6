/** The confidence threshold and the temperature that an evaluation of a classifier uses, in the app and the terminal. */
import type { ToEvaluate } from '../core/evaluate/readings/reading';
import type { EvaluatedOn } from '../core/runs/evaluations';
import { type Decision, PLAIN_DECISION, temperatureAt } from '../core/runs/settings';

/**
 * The validation set fits the temperature, so none is passed there. Every other text uses the temperature that answers use:
 * one that was fitted on the test set would look better than it is.
 * @param isFixed the weights contain the temperature, so no set fits another
 */
export function evaluationDecision(
  decision: Decision = PLAIN_DECISION,
  part: EvaluatedOn,
  step: number,
  isFixed = false,
): NonNullable<ToEvaluate['decision']> {
  const { atLeast } = decision;
  if (part === 'validation' && !isFixed) return { atLeast };
  return { atLeast, temperature: temperatureAt(decision, step) };
}
