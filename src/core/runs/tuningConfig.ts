/** Applies tuning settings to a model: trainable weights, learning rate and objective. */
import { type AdapterChoice, adapterOf } from '../adapters';
import { type TargetModules, targetsOf } from '../adapters/targetModules';
import { type TrainableScope, weightsInScope } from '../adapters/trainableScope';
import { partsOf, type Trainable } from '../adapters/trainable';
import { initialValues } from '../base/field';
import { paramsOf } from '../models';
import { headOf } from '../models/classes';
import type { ModelChoice } from '../models/network';
import { countParams, type ParamTable } from '../models/spec';
import { isOfTuning, type ObjectiveId, trainingSource, usualObjective } from '../objectives';
import { optimizerOf } from '../optim';
import { RECIPE, type Recipe } from '../train/recipe';
import type { Purpose, TuningChoice } from './tuning';

/**
 * Trainable part; undefined for all weights. The head of a classifier is always trainable.
 * @throws HomegrownError `bad-settings` if the model lacks a requested weight
 */
export function trainableOf(
  { learns, layers, adapter, beside, targets, rest }: TuningChoice,
  model: ModelChoice,
): Trainable | undefined {
  const frozenDtype = rest !== 'f32' && { rest };
  if (learns === 'adapter') {
    const targetModules = beside === 'named' ? { what: beside, targets } : { what: beside };
    return { ...adapterTrainable(model, adapter, targetModules), ...frozenDtype };
  }
  const trainable = scopeTrainable(model, learns === 'last' ? { what: learns, layers } : { what: learns });
  return trainable && { ...trainable, ...frozenDtype };
}

/**
 * Trainable part without an adapter, in the order of the model's weights; undefined for all weights.
 * @throws HomegrownError `bad-settings` if the model has fewer layers
 */
export function scopeTrainable(model: ModelChoice, scope: TrainableScope): Trainable | undefined {
  const table = paramsOf(model);
  const inScope = weightsInScope(scope, table, model.config.layers);
  if (!inScope) return undefined;
  const trained = new Set([...inScope, ...Object.keys(headOf(model))]);
  return { weights: Object.keys(table).filter((name) => trained.has(name)) };
}

/**
 * Trainable part with an adapter: it targets layers of the body; a classifier's head starts randomly and is all trained.
 * @throws HomegrownError `bad-settings` if the model lacks a target
 */
export function adapterTrainable(
  model: ModelChoice,
  adapter: TuningChoice['adapter'],
  targetModules: TargetModules,
): Trainable {
  const head = headOf(model);
  const targets = targetsOf(targetModules, withoutParams(paramsOf(model), head));
  return { weights: Object.keys(head), adapter: { ...adapter, beside: targets } };
}

const withoutParams = (table: ParamTable, others: ParamTable): ParamTable =>
  Object.fromEntries(Object.entries(table).filter(([name]) => !Object.hasOwn(others, name)));

/**
 * Peak learning rate of a tuning. Full fine-tuning uses a third of the rate for a new model of this size. Adapters use
 * five times the new model's rate, and a classifier's adapters one and a half times. Both are nearly independent of
 * rank: docs/benchmarks.md, "Learning rates of adapters".
 */
export function usualTuningRate(
  model: ModelChoice,
  trainable: Trainable | undefined,
  optimizer: Recipe['optimizer'],
): number {
  const { usualRate, adapterRate = ADAPTER_RATE } = optimizerOf(optimizer);
  const table = paramsOf(model);
  if (trainable && !trainable.adapter) return usualRate(countParams(partsOf(table, trainable).trainableParams));
  const newModelRate = usualRate(countParams(table));
  const rate = trainable?.adapter
    ? adapterRate * newModelRate * rateScale(trainable.adapter) * (model.config.classes ? CLASSIFIER_SHARE : 1)
    : newModelRate / 3;
  return Number(Math.min(rate, RECIPE.learningRate.max).toPrecision(1));
}
/**
 * Best rate of adapters relative to a new model's, measured with AdamW. Optimizers without their own measurement
 * (`adapterRate`) keep this ratio.
 */
const ADAPTER_RATE = 5;
/** Best rate of a classifier's adapters relative to other adapters, measured with AdamW. */
const CLASSIFIER_SHARE = 0.3;

/** The best rate is inversely proportional to the adapter's gain; it was measured with the initial settings. */
function rateScale({ id, settings }: AdapterChoice): number {
  const { fields, gain } = adapterOf(id);
  return gain(initialValues(fields)) / gain(settings);
}

/**
 * Objective of a tuning: chats, labels, or that of the base. The model's usual one if the base's is unknown or needs other data.
 * @param base undefined: unknown
 * @param ofPairs whether the data has inputs and targets; undefined: as the base's
 */
export function tuningObjective(
  purpose: Purpose,
  base: ObjectiveId | undefined,
  model: Pick<ModelChoice, 'id'>,
  ofPairs?: boolean,
): ObjectiveId {
  if (purpose === 'instruct') return 'chats';
  if (purpose === 'classify') return 'labels';
  if (base === undefined || isOfTuning(base)) return usualObjective(model.id, ofPairs);
  const suitsData = ofPairs === undefined || ofPairs === (trainingSource(base) === 'pairs');
  return suitsData ? base : usualObjective(model.id, ofPairs);
}
