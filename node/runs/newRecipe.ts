/** Recipes of new runs: chosen settings, and defaults that depend on the run. */
import type { ModelChoice } from '../../src/core/models/network';
import { type ObjectiveId, usualObjective } from '../../src/core/objectives';
import type { OptimizerId } from '../../src/core/optim';
import { defaultLearningRate, type TrainingStart } from '../../src/core/runs/defaultLearningRate';
import { tuningObjective } from '../../src/core/runs/tuningConfig';
import { evalEveryFor } from '../../src/core/train/patience';
import { DEFAULT_RECIPE, type Recipe } from '../../src/core/train/recipe';
import { shortWarmup } from '../../src/core/train/shortWarmup';
import type { RunRequest } from './runRequest';
import { purposeOf } from './tuning';

/** How a run starts: with new weights, from a model that it continues, or by tuning a model. */
export type Beginning = 'new' | 'continued' | Exclude<TrainingStart, 'untuned'>;

/**
 * Returns the objective of tuning; else the chosen one, or the usual one of the architecture.
 * @param base objective of the model to tune; undefined: unknown
 */
export function chosenObjective(
  { recipe, files, tuning }: Pick<RunRequest, 'recipe' | 'files'> & Partial<Pick<RunRequest, 'tuning'>>,
  model: Pick<ModelChoice, 'id'>,
  base?: ObjectiveId,
): ObjectiveId {
  const ofPairs = files.pairs !== undefined;
  return tuning
    ? tuningObjective(purposeOf(tuning), base, model, ofPairs)
    : (recipe.objective ?? usualObjective(model.id, ofPairs));
}

/** Adds defaults to the chosen settings. Memory decides on recomputation later. */
export function newRecipe(
  chosen: Partial<Recipe>,
  model: ModelChoice,
  objective: ObjectiveId,
  beginning: Beginning,
): Recipe {
  const recipe: Recipe = { ...DEFAULT_RECIPE, ...chosen, objective, recompute: false };
  const { optimizer, steps, patience } = recipe;
  return {
    ...recipe,
    evalEvery: chosen.evalEvery ?? defaultEvalEvery({ steps, patience }),
    warmup: chosen.warmup ?? shortWarmup(DEFAULT_RECIPE.warmup, steps),
    learningRate: chosen.learningRate ?? startingRate(optimizer, model, beginning),
  };
}

/** The default rate; that of the default recipe for a new model with its optimizer, as in a new project of the app. */
export function startingRate(optimizer: OptimizerId, model: ModelChoice, beginning: Beginning = 'new'): number {
  const isDefault = beginning === 'new' && optimizer === DEFAULT_RECIPE.optimizer && !model.config.classes;
  if (isDefault) return DEFAULT_RECIPE.learningRate;
  return defaultLearningRate(model, optimizer, typeof beginning === 'object' ? beginning : 'untuned');
}

/** Steps between evaluations; with early stopping few enough that a short run can end early. */
const defaultEvalEvery = (run: Pick<Recipe, 'steps' | 'patience'>): number =>
  run.patience === 0 ? DEFAULT_RECIPE.evalEvery : Math.min(DEFAULT_RECIPE.evalEvery, evalEveryFor(run));
