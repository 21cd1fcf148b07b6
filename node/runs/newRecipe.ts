/** Recipes of new runs: chosen settings, and defaults that depend on the run. */
import type { Trainable } from '../../src/core/adapters/trainable';
import { paramsOf } from '../../src/core/models';
import type { ModelChoice } from '../../src/core/models/network';
import { countParams } from '../../src/core/models/spec';
import { type ObjectiveId, usualObjective } from '../../src/core/objectives';
import { type OptimizerId, optimizerOf } from '../../src/core/optim';
import { usualTuningRate } from '../../src/core/runs/tuningConfig';
import { evalEveryFor } from '../../src/core/train/patience';
import { DEFAULT_RECIPE, type Recipe } from '../../src/core/train/recipe';
import type { RunRequest } from './runRequest';

/** How a run starts: with new weights, from a model that it continues, or by tuning a model. */
export type Beginning = 'new' | 'continued' | { trainable: Trainable | undefined };

/** Returns the chosen objective, or the usual one of the architecture. */
export const chosenObjective = (
  { recipe, files }: Pick<RunRequest, 'recipe' | 'files'>,
  model: Pick<ModelChoice, 'id'>,
): ObjectiveId => recipe.objective ?? usualObjective(model.id, files.pairs !== undefined);

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
    warmup: chosen.warmup ?? defaultWarmup(steps),
    learningRate: chosen.learningRate ?? defaultLearningRate(optimizer, model, beginning),
  };
}

/** The app's learning rate for the optimizer, the model and its trained part. */
export function defaultLearningRate(optimizer: OptimizerId, model: ModelChoice, beginning: Beginning = 'new'): number {
  if (typeof beginning === 'object') return usualTuningRate(model, beginning.trainable, optimizer);
  if (beginning === 'new' && optimizer === DEFAULT_RECIPE.optimizer) return DEFAULT_RECIPE.learningRate;
  return optimizerOf(optimizer).usualRate(countParams(paramsOf(model)));
}

/** Steps between evaluations; with early stopping few enough that a short run can end early. */
const defaultEvalEvery = (run: Pick<Recipe, 'steps' | 'patience'>): number =>
  run.patience === 0 ? DEFAULT_RECIPE.evalEvery : Math.min(DEFAULT_RECIPE.evalEvery, evalEveryFor(run));

/** A tenth of the steps of a short run. */
const defaultWarmup = (steps: number): number =>
  DEFAULT_RECIPE.warmup <= steps / 2 ? DEFAULT_RECIPE.warmup : Math.round(steps / 10);
