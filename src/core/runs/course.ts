/** A run as the verdict judges it: what is known of it, and its curve so far. */
import { headlineOf, objectiveOf } from '../objectives';
import type { Recipe } from '../train/recipe';
import { tokensPerStep } from '../train/recipe';
import type { ModelChoice } from '../train/run';
import type { Course } from '../train/verdict';
import type { Segment } from './segments';

interface Settings {
  model: ModelChoice;
  recipe: Recipe;
  segments: readonly [Segment, ...Segment[]];
}

/** Of the newest segment. */
export function courseOf(
  { model, recipe, segments }: Settings,
  curve: Pick<Course, 'training' | 'evaluations' | 'planned' | 'isOver'>,
): Course {
  const { after, data } = segments.at(-1)!;
  const { vocabulary, config } = model;
  return {
    ...curve,
    after,
    headline: headlineOf(recipe.objective),
    baselines: objectiveOf(recipe.objective).baselines({ vocabulary, data }),
    tokensPerStep: tokensPerStep(recipe, config.context),
    trainTokens: data?.trainTokens ?? null,
    evalTokens: Math.min(recipe.evalTokens, data?.validationTokens ?? Infinity),
  };
}
