/** Forecast of a run from its settings and its validation curve. */
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
  /** Facts of the data; null if the data weren't counted. */
  facts: { unigramLoss: number; parts: { train: { tokens: number } } } | null;
  /** Whether the data or the recipe changed after the start, or the run started from another model. */
  isContinued: boolean;
  /** Set for a run that trains an adapter. */
  trainable?: unknown;
  /** Planned number of steps. */
  planned: number;
  /** Share of the text that repeats; undefined before the text is profiled. */
  repeated: number | undefined;
}

/** @returns undefined for a run unlike all recorded runs: another objective, an adapter, or a continued run */
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
  // Outside of the scaling law's range, the forecast relies on the run's own curve.
  const isProfileUsable = repeated !== undefined && isCovered({ ...circumstances, repeated }, recipe.optimizer);
  return { ...circumstances, repeated: isProfileUsable ? repeated : undefined, unigramLoss: facts.unigramLoss };
}

export interface Forecast {
  /** Best validation loss at the end, in nats per token. */
  end: Band;
  /** Expected losses from the last evaluation to the end. */
  path: readonly (Band & { step: number })[];
}

/**
 * @param evaluations on the validation set, in order of steps
 * @returns undefined before an evaluation after step 0, and once all steps are done
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
