/** The confidence threshold and the temperature that a classifier answers with and is evaluated with, in the app and the terminal. */
import type { ToEvaluate } from '../core/evaluate/readings/reading';
import type { EvaluatedOn } from '../core/runs/evaluations';
import { type Decision, PLAIN_DECISION, temperatureAt } from '../core/runs/settings';

/** Returns the decision that a step answers with: a temperature of other weights doesn't apply. */
export const decisionAt = (decision: Decision = PLAIN_DECISION, step: number): Decision => ({
  ...decision,
  temperature: temperatureAt(decision, step),
});

/**
 * The validation set fits the temperature, so none is passed there. Every other text uses the temperature that answers use:
 * one that was fitted on the test set would look better than it is.
 * @param isFixed the weights contain the temperature, so no set fits another
 */
export function evaluationDecision(
  decision: Decision | undefined,
  part: EvaluatedOn,
  step: number,
  isFixed = false,
): NonNullable<ToEvaluate['decision']> {
  const { atLeast, temperature } = decisionAt(decision, step);
  return part === 'validation' && !isFixed ? { atLeast } : { atLeast, temperature };
}
