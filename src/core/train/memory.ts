/** Memory that a run needs on the device, whether it fits, and changes that make it fit. */
import { adapterColumns, type Trainable, partsOf } from '../adapters/trainable';
import { BLOCK_OF_8, WORDS_OF_8 } from '../base/narrowDtype';
import { formatBytes, formatCount, formatShort } from '../base/units';
import { modelSpec } from '../models';
import {
  type BaseConfig,
  countParams,
  type ModelSpec,
  narrowDtypeFor,
  sizeOf,
  type Sizes,
  sizesOf,
} from '../models/spec';
import { FROZEN_LOGIT_BYTES } from '../ops/logitBytes';
import { optimizerOf, stateOf } from '../optim';
import { isAveraged } from './averaging';
import type { Recipe } from './recipe';
import type { ModelChoice } from './run';

/** Bytes on the device. */
export interface MemoryPlan {
  weights: number;
  gradients: number;
  moments: number;
  /** Moving average of the weights; 0 without one. */
  average: number;
  activations: number;
  /** Scores over the vocabulary, and the loss. */
  logits: number;
  total: number;
}

/** Memory of a training run, by its kinds of tensors. */
export function memoryPlan<C extends BaseConfig>(
  spec: ModelSpec<C>,
  config: C,
  vocabulary: number,
  recipe: Recipe,
  trainable?: Trainable,
): MemoryPlan {
  const { own, added, trainableParams } = partsOf(spec.params(config, vocabulary), trainable);
  const savedBytes = Object.entries(own).reduce((bytes, [name, weight]) => {
    const dtype = Object.hasOwn(trainableParams, name) ? undefined : narrowDtypeFor(weight, trainable?.rest);
    return bytes + (dtype ? (4 - BYTES_PER_FROZEN_VALUE[dtype]) * sizeOf(weight.shape) : 0);
  }, 0);
  const weights = 4 * (countParams(own) + countParams(added)) - savedBytes;
  const optimizerState = stateOf(optimizerOf(recipe.optimizer), Object.entries(trainableParams)).flat();
  const moments = optimizerState.reduce((bytes, { shape }) => bytes + 4 * sizeOf(shape), 0);
  // The sum over micro-batches is stored in addition to the current gradient.
  const gradients = (recipe.accumulate > 1 ? 2 : 1) * 4 * countParams(trainableParams);
  const modelActivations = spec.activationBytes(config, 0, recipe);
  const isFrozen = !Object.hasOwn(trainableParams, spec.classifier(config));
  const allLogits = spec.activationBytes(config, vocabulary, recipe) - modelActivations;
  const logits = isFrozen ? Math.min(allLogits, FROZEN_LOGIT_BYTES) : allLogits;
  const activations = modelActivations + 4 * recipe.batch * config.context * adapterColumns(own, trainable);
  const average = isAveraged(recipe) ? weights : 0;
  const total = weights + gradients + moments + average + activations + logits;
  return { weights, gradients, moments, average, activations, logits, total };
}

/** Bytes per frozen value, including its share of a scale. */
const BYTES_PER_FROZEN_VALUE = { f16: 2, q8: (4 * WORDS_OF_8) / BLOCK_OF_8 } as const;

/** Memory limits of a device, in bytes; absent if unknown. */
export interface MemoryLimits {
  /** Totals: the limit that a person set, and the addressable memory. */
  bound?: number;
  total?: number;
  /** Maximum size of one weight and of one activation. */
  weight?: number;
  activation?: number;
}

/**
 * Memory of a device in bytes, and in words that follow "half of". A GPU reports only its largest buffer, which is a
 * conservative guess and not a limit.
 */
export function heldBytes({
  bound = Infinity,
  total = Infinity,
  weight,
}: MemoryLimits): { bytes: number; words: string; isLimit: boolean } | undefined {
  const min = Math.min(bound, total);
  if (min < Infinity) {
    const words = bound <= total ? `the ${formatBytes(bound)} memory limit` : `the ${formatBytes(total)} of WASM`;
    return { bytes: min, words, isLimit: true };
  }
  if (weight === undefined) return undefined;
  return { bytes: weight, words: `the largest buffer of this GPU (${formatBytes(weight)})`, isLimit: false };
}

/** Change of settings, in words that follow "Use". */
export type Change =
  | { kind: 'recipe'; words: string; change: Partial<Recipe> }
  | { kind: 'model'; words: string; change: Sizes };

/** Reason why these settings don't fit in memory; undefined if no known limit is exceeded. */
export function memoryShortage(
  model: ModelChoice,
  recipe: Recipe,
  limits: MemoryLimits,
  trainable?: Trainable,
): string | undefined {
  const spec = modelSpec(model.id);
  const { total } = memoryPlan(spec, model.config, model.vocabulary, recipe, trainable);
  if (limits.bound !== undefined && total > limits.bound) {
    return `The run needs ${formatBytes(total)}; the limit is ${formatBytes(limits.bound)}.`;
  }
  if (limits.total !== undefined && total > limits.total) {
    return `The run needs ${formatBytes(total)}; WASM can address ${formatBytes(limits.total)}.`;
  }
  const activation = spec.largestActivationBytes(model.config, recipe);
  const weight = Math.max(
    ...Object.values(spec.params(model.config, model.vocabulary)).map((p) => 4 * sizeOf(p.shape)),
  );
  const tensorShortage = (bytes: number, what: string, limit: number | undefined): string | undefined =>
    limit !== undefined && bytes > limit
      ? `The run needs ${formatBytes(total)}: a single ${what} has ${formatBytes(bytes)}, and this GPU allows ${formatBytes(limit)}.`
      : undefined;
  return tensorShortage(activation, 'activation', limits.activation) ?? tensorShortage(weight, 'weight', limits.weight);
}

/**
 * Returns up to three changes that make these settings fit, cheapest first. Keeps the model's sizes if only a part of
 * it is trainable.
 */
export function memoryChanges(
  model: ModelChoice,
  recipe: Recipe,
  limits: MemoryLimits,
  trainable?: Trainable,
): readonly Change[] {
  const { config, id, vocabulary } = model;
  const spec = modelSpec(id);
  const fits = (sizes: Partial<BaseConfig>, changes: Partial<Recipe> = {}): boolean =>
    memoryShortage({ ...model, config: { ...config, ...sizes } }, { ...recipe, ...changes }, limits, trainable) ===
    undefined;
  const suggestions: Change[] = [];

  // The same tokens per update in more micro-batches cost only a second gradient.
  const inMicroBatches = (batch: number): Partial<Recipe> => ({
    batch,
    accumulate: Math.min(1024, Math.ceil((recipe.batch * recipe.accumulate) / batch)),
  });
  const batchChanges = halves(recipe.batch, 1).map(inMicroBatches);
  const smallerBatch = batchChanges.find((change) => fits({}, change));
  if (smallerBatch) suggestions.push({ kind: 'recipe', words: microBatchWords(smallerBatch), change: smallerBatch });

  // Recomputation costs a third more compute.
  if (!recipe.recompute) {
    const recomputing = { recompute: true };
    const combined = batchChanges.map((change) => ({ ...change, ...recomputing })).find((change) => fits({}, change));
    if (fits({}, recomputing)) suggestions.push({ kind: 'recipe', words: RECOMPUTATION, change: recomputing });
    else if (!smallerBatch && combined)
      suggestions.push({
        kind: 'recipe',
        words: `${microBatchWords(combined)} and ${RECOMPUTATION}`,
        change: combined,
      });
  }

  if (trainable) return suggestions;
  const context = halves(config.context, spec.fields.context.min).find((length) => fits({ context: length }));
  if (context !== undefined) {
    suggestions.push({ kind: 'model', words: `a context of ${formatCount(context)}`, change: { context } });
  }

  const parameters = halves(countParams(spec.params(config, vocabulary)), 1e5).find((size) =>
    fits(spec.sized(size, vocabulary)),
  );
  if (parameters !== undefined) {
    const change = sizesOf(spec.sized(parameters, vocabulary));
    suggestions.push({ kind: 'model', words: `a model of about ${formatShort(parameters)} parameters`, change });
  }
  return suggestions.slice(0, 3);
}
const RECOMPUTATION = 'activation recomputation';

const microBatchWords = ({ batch = 1, accumulate = 1 }: Partial<Recipe>): string =>
  `batch ${formatCount(batch)} in ${formatCount(accumulate)} micro-batches`;

/** Repeated halves of a number, rounded down, as long as they are at least `min`. */
function halves(value: number, min: number): number[] {
  const results: number[] = [];
  for (let n = Math.floor(value / 2); n >= min; n = Math.floor(n / 2)) results.push(n);
  return results;
}
