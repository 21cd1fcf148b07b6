/** Prepares a run for its verdict: known facts, and its curve so far. */
import { headlineOf, baselinesOf, objectiveOf } from '../objectives';
import { stepsOfEpoch } from '../train/epoch';
import type { ModelChoice } from '../train/run';
import type { RunCurve } from '../train/verdict';
import type { Segments } from './segments';

interface Settings {
  model: ModelChoice;
  segments: Segments;
}

/** Curve of the newest segment. */
export function runCurve(
  { model, segments }: Settings,
  curve: Pick<RunCurve, 'trained' | 'evaluations' | 'planned' | 'ending' | 'early' | 'written'>,
): RunCurve {
  const { after, recipe, data: segmentData } = segments.at(-1)!;
  const data = segmentData.facts;
  const { config } = model;
  return {
    ...curve,
    after,
    warmup: recipe.warmup,
    isGapKnown: objectiveOf(recipe.objective).isOtherHeldOut?.(recipe) !== true,
    headline: headlineOf(recipe.objective),
    more: objectiveOf(recipe.objective).more ?? 'A larger model or a longer context',
    baselines: baselinesOf(recipe.objective, model, data),
    epoch: data && stepsOfEpoch(data.parts.train, config.context, recipe),
    evalTokens: Math.min(recipe.evalTokens, data?.parts.validation.tokens ?? Infinity),
    text: data && !config.classes ? { train: data.parts.train.tokens, validation: data.parts.validation.tokens } : null,
  };
}
