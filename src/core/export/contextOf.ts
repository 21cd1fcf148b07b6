import { fieldProblem } from '../base/field';
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';

/** Whether a model's context can be shortened: no weight shape depends on it, as with rotary positions. */
export function isContextFree({ id, config, vocabulary }: ModelChoice): boolean {
  const { params } = modelSpec(id);
  const shapes = (context: number): string =>
    JSON.stringify(
      Object.entries(params({ ...config, context }, vocabulary)).map(([name, { shape }]) => [name, shape]),
    );
  return shapes(config.context) === shapes(config.context + 1);
}

/** Limits the model's context to `max` tokens, if that is shorter and no weight shape depends on the context. */
export const withContext = (model: ModelChoice, max: number): ModelChoice =>
  max >= model.config.context || !isContextFree(model)
    ? model
    : { ...model, config: { ...model.config, context: max } };

/** Default context of an imported model, in tokens. Memory depends on it, and most models support a far longer one. */
export const USUAL_CONTEXT = 1024;

/**
 * Returns the model with a shorter context, in tokens.
 * @throws HomegrownError `bad-settings` where the context is longer than the model's, too short, or fixed by position
 * weights
 */
export function readingAtMost(model: ModelChoice, context: number): ModelChoice {
  const made = model.config.context;
  if (context === made) return model;
  const max = formatCount(made);
  if (context > made)
    throw badSettings(
      `The model's context is at most ${max} tokens, not ${formatCount(context)}.`,
      `Use at most ${max}.`,
    );
  if (!isContextFree(model))
    throw badSettings(
      `The model has position weights for ${max} tokens, so its context can't be shorter.`,
      'Keep the context unchanged.',
    );
  const problem = fieldProblem(modelSpec(model.id).fields.context, context);
  if (problem !== null) throw badSettings(`The context of the model: ${problem}`, 'Use a longer context.');
  return withContext(model, context);
}
