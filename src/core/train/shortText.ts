/** Shortens the context of a model whose training text is shorter. */
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import { objectiveOf } from '../objectives';
import { fittingContext } from '../objectives/windows';
import type { Recipe } from './recipe';
import type { ModelChoice } from './run';

/**
 * Returns the model with the longest context that fits the training part, if that is shorter than its own. Returns the
 * model unchanged if the architecture can't have so short a context.
 * @param train number of training tokens
 */
export function fittedTo<M extends ModelChoice>(model: M, recipe: Recipe, train: number): M {
  const { reach } = objectiveOf(recipe.objective);
  const longest = fittingContext(model.config.context, (context) => reach(context, recipe), train);
  if (longest === model.config.context || longest < modelSpec(model.id).fields.context.min) return model;
  return { ...model, config: { ...model.config, context: longest } };
}

/** Describes the consequences of a text that is too short; undefined if the text is long enough. */
export function shortTextWords(
  model: ModelChoice,
  recipe: Recipe,
  tokens: { train: number; validation: number },
): string | undefined {
  const { context } = fittedTo(model, recipe, tokens.train).config;
  if (context === model.config.context) return undefined;
  return (
    `The training text has ${formatCount(tokens.train)} tokens, so the context shrinks from ` +
    `${formatCount(model.config.context)} to ${formatCount(context)}. The model will memorize it, and ` +
    `${formatCount(tokens.validation)} held-out tokens say little.`
  );
}
