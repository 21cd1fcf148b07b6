/** A run as the forecast sees it, and what its curve says of its end. */
import { modelSpec } from '../models';
import type { Band } from './quality';
import { isCovered, qualityKindOf } from './quality';
import { forecastEnd, forecastPath, type Prospect, type ObservedLoss } from './forecast';
import { costOf } from './pace';
import { type Recipe, tokensPerStep } from '../train/recipe';
import type { ModelChoice } from '../train/run';

export interface ProspectOf {
  model: ModelChoice;
  recipe: Recipe;
  /** Of the data; null where they weren't counted. */
  facts: { unigramLoss: number; parts: { train: { tokens: number } } } | null;
  /** The data or the recipe changed after its start, or it started from another model. */
  isContinued: boolean;
  /** Set for a run that trains an adapter. */
  trainable?: unknown;
  /** Steps of the whole run. */
  planned: number;
  /** What a plan knows of the text; undefined before one has read it. */
  repeated: number | undefined;
}

/** @returns undefined for a run that no recorded run is like: of another objective, of an adapter, or continued */
export function prospectOf(run: ProspectOf): Prospect | undefined {
  const { model, recipe, facts, isContinued, trainable, planned, repeated } = run;
  const kind = qualityKindOf(model.id, recipe.objective);
  if (!kind || !facts || isContinued || trainable !== undefined) return undefined;
  const circumstances = {
    kind,
    vocabulary: model.vocabulary,
    parameters: costOf(modelSpec(model.id), model.config, model.vocabulary).ofLayers,
    unique: facts.parts.train.tokens,
    perStep: tokensPerStep(recipe, model.config.context),
    steps: planned,
    learningRate: recipe.learningRate,
    dropout: recipe.dropout,
  };
  // Where the law doesn't hold, only the run's own curve counts.
  const isKnown = repeated !== undefined && isCovered({ ...circumstances, repeated }, recipe.optimizer);
  return { ...circumstances, repeated: isKnown ? repeated : undefined, unigramLoss: facts.unigramLoss };
}

export interface Forecast {
  /** Best validation loss at the end, in nats per token. */
  end: Band;
  /** From the last evaluation to the end. */
  path: readonly (Band & { step: number })[];
}

/**
 * @param evaluations on the validation set, in the order of their steps
 * @returns undefined before the first step was evaluated, and once all steps are done
 */
export function forecastOf(
  prospect: Prospect,
  evaluations: readonly { step: number; loss: number }[],
): Forecast | undefined {
  const last = evaluations.at(-1);
  if (!last || last.step <= 0 || last.step >= prospect.steps) return undefined;
  const observed: ObservedLoss = { step: last.step, loss: Math.min(...evaluations.map(({ loss }) => loss)) };
  return { end: forecastEnd(prospect, observed), path: forecastPath(prospect, observed) };
}
