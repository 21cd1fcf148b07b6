/** Plans settings for a text, a device and a time budget: those with the best expected quality of all that fit. */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import { FIRST_MODEL, type ModelId, modelSpec } from '../models';
import { usualConfig } from '../models/spec';
import type { ObjectiveId } from '../objectives';
import { OPTIMIZERS } from '../optim';
import { heldBytes, type MemoryLimits, memoryPlan, memoryShortage } from '../train/memory';
import { DEFAULT_RECIPE, type Recipe, tokensPerStep } from '../train/recipe';
import type { ModelChoice } from '../train/run';
import { shortWarmup } from '../train/shortWarmup';
import { coveredQuality, type Expected } from './expected';
import { type Cost, costOf, expectedPace, type Pace, type PlanDevice, secondsOf } from './pace';
import type { TextProfile, VocabularyProfile } from './profile';
import { type Circumstances, expectedLoss, isQualityKind, peakRate, QUALITY_KINDS, type QualityKind } from './quality';

export interface PlanInput {
  text: TextProfile;
  /** Share of the text in the validation set. */
  held: number;
  device: PlanDevice;
  limits?: MemoryLimits;
  /** Time budget from the first step to the last, with evaluations and saves. */
  seconds: number;
  /** Architecture; absent: the first in the list. */
  model?: ModelId;
  /** Absent: the pretraining objective of the architecture. */
  objective?: ObjectiveId;
  /** Size of the existing vocabulary; absent: the plan chooses one. */
  vocabulary?: number;
}

export interface Plan {
  vocabulary: VocabularyProfile;
  /** Share of the text that repeats. */
  repeated: number;
  model: ModelChoice;
  objective: ObjectiveId;
  recipe: Recipe;
  cost: Cost;
  pace: Pace;
  /** Time of the whole run. */
  seconds: number;
  /** Step after which the model would only memorize its text. */
  maxSteps: number;
  /** Approximate number of validation tokens. */
  heldTokens: number;
  /** Approximate number of training tokens, and number of epochs. */
  tokens: number;
  epochs: number;
  /** Quality on the validation set at the best evaluation; undefined for a kind of run that wasn't recorded. */
  expected: Expected | undefined;
  /** Expected quality with twice the time. */
  twice: Expected | undefined;
  /** Undefined if the expected quality isn't in bits per byte. */
  trigram: TrigramOutlook | undefined;
}

/** How the plan compares with a trigram model, in bits per byte on the validation set. */
export interface TrigramOutlook {
  bits: number;
  /** Time of a run that should beat it: the plan's time or more; undefined if 16 times the budget is too short. */
  seconds: number | undefined;
}

/** Returns the plan with another recipe, with time and expected quality updated. */
export function withRecipe(plan: Plan, recipe: Recipe): Plan {
  const { seconds, epochs, expected } = outlookOf({ ...plan, recipe });
  return { ...plan, recipe, seconds, epochs, expected };
}

/** Estimates a candidate. `rank` also orders candidates without an expected quality, by the nearest recorded kind. */
function outlookOf(candidate: Candidate): Pick<Plan, 'seconds' | 'epochs' | 'expected'> & { rank: number } {
  const { model, vocabulary, repeated, recipe, cost, pace, tokens, objective } = candidate;
  const perStep = tokensPerStep(recipe, model.config.context);
  const { steps, learningRate, dropout } = recipe;
  const run: Circumstances = {
    kind: nearestKind(model.id),
    vocabulary: vocabulary.size,
    repeated,
    parameters: cost.ofLayers,
    unique: tokens,
    perStep,
    steps,
    learningRate,
    dropout,
  };
  return {
    seconds: secondsOf(pace, recipe),
    epochs: (perStep * steps) / tokens,
    expected: coveredQuality(model.id, { ...recipe, objective }, run, vocabulary),
    // Ranks per byte, because the perplexity of masked bytes doesn't compare with that of masked words.
    rank: expectedLoss(run, vocabulary.unigramBits).value * CONTEXT_WORTH ** Math.log2(model.config.context),
  };
}

/** Factor of the loss per doubling of the context, which the quality model ignores. A judgment, not measured. */
const CONTEXT_WORTH = 0.995;

const nearestKind = (id: ModelId): QualityKind => (isQualityKind(id) ? id : 'gpt');

/** Layers and width; heads are 32 wide, or 64 from width 256 on. */
const SHAPES: readonly (readonly [layers: number, width: number])[] = [
  [2, 64],
  [3, 64],
  [2, 96],
  [3, 96],
  [2, 128],
  [3, 128],
  [4, 128],
  [3, 192],
  [4, 192],
  [4, 256],
  [6, 256],
  [6, 384],
  [8, 512],
  [10, 640],
  [12, 768],
];
const TOKENS_PER_STEP = [512, 1024, 2048, 4096, 8192, 16_384, 32_768] as const;
/** Minimum rows per step: fewer but longer rows of as many tokens train less well. */
const MIN_ROWS = 8;
const MIN_CONTEXT = 8;
/** Shortest context of a plan, in tokens, unless the validation set has fewer than twice as many. */
export const MIN_PLANNED_CONTEXT = 64;
/** The longest context grows with the fourth root of a run's floating-point operations. A judgment, not measured. */
const contextFor = (flops: number): number => 2 ** Math.round(Math.log2(64 * (flops / 1e13) ** 0.25));
const CONTEXTS = [MIN_PLANNED_CONTEXT, 128, 256] as const;
const DROPOUTS = [0, 0.1, 0.2] as const;
/** Minimum number of updates of a planned run. */
export const MIN_STEPS = 50;
/** Maximum number of epochs, after which a model only memorizes its text. A plan leaves any remaining time unused. */
export const maxEpochs = (dropout: number): number => 16 + 100 * dropout;
/** Maximum number of steps by `maxEpochs`, but at least `MIN_STEPS`, which a short text may exceed in epochs. */
const stepsToMemorize = (tokens: number, perStep: number, dropout: number): number =>
  Math.max(MIN_STEPS, Math.floor((maxEpochs(dropout) * tokens) / perStep));

/** Returns the best plan for a time budget, or the shortest possible run if the budget is too short for any. */
export function makePlan(input: PlanInput): Plan {
  const shapes = shapesOf(input);
  const fitsMemory = memoryCheck(input.limits);
  const bestWithin = (seconds: number): RankedPlan => findBest({ ...input, seconds }, shapes, fitsMemory);
  const { rank, ...plan } = bestWithin(input.seconds);
  const longer = bestWithin(2 * input.seconds);
  // More time can't make the plan worse, because a plan may leave time unused.
  const twice = longer.rank < rank ? longer.expected : plan.expected;
  return { ...plan, twice, trigram: trigramOutlook(input, bestWithin, { ...plan, twice }) };
}

function trigramOutlook(
  input: PlanInput,
  bestWithin: (seconds: number) => RankedPlan,
  plan: Pick<Plan, 'expected' | 'twice' | 'seconds'>,
): TrigramOutlook | undefined {
  const { expected, twice } = plan;
  if (expected?.unit !== 'bits per byte') return undefined;
  const bits = input.text.trigramBits;
  if (expected.value < bits) return { bits, seconds: plan.seconds };
  let [seconds, value] = [input.seconds, expected.value];
  for (const factor of [2, 4, 8, 16]) {
    const longer = factor * input.seconds;
    const nextValue = (factor === 2 ? twice : bestWithin(longer).expected)?.value;
    if (nextValue === undefined) break;
    // Interpolates with the loss as a power of the time.
    const share = Math.log(value / bits) / Math.log(value / nextValue);
    if (nextValue < bits) return { bits, seconds: seconds * (longer / seconds) ** share };
    [seconds, value] = [longer, nextValue];
  }
  return { bits, seconds: undefined };
}

/** A candidate before its quality is estimated. */
type Candidate = Omit<Plan, 'seconds' | 'epochs' | 'expected' | 'twice' | 'trigram'>;
type RankedPlan = Omit<Plan, 'twice' | 'trigram'> & { rank: number };

function findBest(input: PlanInput, shapes: Shapes, fitsMemory: MemoryCheck): RankedPlan {
  let bestPlan: RankedPlan | undefined;
  let fastestPlan: RankedPlan | undefined;
  for (const candidate of candidates(input, shapes)) {
    const outlook = outlookOf(candidate);
    const isBetter = outlook.seconds <= input.seconds && outlook.rank < (bestPlan?.rank ?? Infinity);
    const isSooner = !bestPlan && outlook.seconds < (fastestPlan?.seconds ?? Infinity);
    if (!(isBetter || isSooner) || !fitsMemory(candidate.model, candidate.recipe)) continue;
    const plan: RankedPlan = { ...candidate, ...outlook };
    if (isBetter) bestPlan = plan;
    if (isSooner) fastestPlan = plan;
  }
  const plan = bestPlan ?? fastestPlan;
  if (plan) return plan;
  throw badSettings(
    `No model fits both this text (${formatCount(input.text.bytes)} bytes) and this device.`,
    `Add text, at least ${MIN_BYTES} bytes in all, or raise the memory limit.`,
  );
}

/**
 * Returns a check whether a run takes at most half of the device's memory, so that recomputation, with a third more
 * time, stays off. Caches results by model and batch size, because no other choice of a plan changes a run's memory.
 */
function memoryCheck(limits: MemoryLimits = {}): MemoryCheck {
  if (Object.values(limits).every((limit) => limit === undefined)) return () => true;
  const bytes = heldBytes(limits)?.bytes ?? Infinity;
  const fitsByModel = new Map<ModelChoice, Map<number, boolean>>();
  return (model, recipe) => {
    const byBatch = fitsByModel.get(model) ?? new Map<number, boolean>();
    fitsByModel.set(model, byBatch);
    let isFitting = byBatch.get(recipe.batch);
    if (isFitting === undefined) {
      const { total } = memoryPlan(modelSpec(model.id), model.config, model.vocabulary, recipe);
      isFitting = total <= bytes / 2 && memoryShortage(model, recipe, limits) === undefined;
      byBatch.set(recipe.batch, isFitting);
    }
    return isFitting;
  };
}
type MemoryCheck = (model: ModelChoice, recipe: Recipe) => boolean;
/** Minimum text size: with a tenth held out, enough for the shortest context and the token after it. */
const MIN_BYTES = 200;

/** A model for a vocabulary and context, with its cost. */
interface Shape {
  model: ModelChoice;
  cost: Cost;
}
type Shapes = (vocabulary: number, context: number) => readonly Shape[];

/** Lists the models that an architecture allows. Caches their costs for all time budgets that a plan tries. */
function shapesOf({ model: id = FIRST_MODEL }: PlanInput): Shapes {
  const spec = modelSpec(id);
  const shapesByKey = new Map<string, readonly Shape[]>();
  return (vocabulary, context) => {
    const key = `${vocabulary} ${context}`;
    const shapes =
      shapesByKey.get(key) ??
      SHAPES.flatMap(([layers, width]) => {
        const config = usualConfig(spec, { layers, width, heads: headsOf(width), context });
        if (spec.problems(config).length > 0) return [];
        return [{ model: { id, config, vocabulary }, cost: costOf(spec, config, vocabulary) }];
      });
    shapesByKey.set(key, shapes);
    return shapes;
  };
}

function* candidates(input: PlanInput, shapes: Shapes): Generator<Candidate> {
  const { text, held, device, seconds, model: id = FIRST_MODEL, vocabulary: chosenSize } = input;
  const { objective = QUALITY_KINDS[nearestKind(id)] } = input;
  const { repeated } = text;
  const vocabularies = text.vocabularies.filter(({ size }) => chosenSize === undefined || size === chosenSize);
  for (const vocabulary of vocabularies) {
    const tokens = (text.bytes / vocabulary.bytesPerToken) * (1 - held);
    const heldTokens = (text.bytes / vocabulary.bytesPerToken) * held;
    for (const context of contexts(contextFor(1e9 * device.gigaflops * seconds), heldTokens)) {
      if (context >= Math.min(tokens, heldTokens)) continue;
      for (const { model, cost } of shapes(vocabulary.size, context)) {
        for (const perStep of TOKENS_PER_STEP) {
          if (perStep < MIN_ROWS * context) continue;
          for (const dropout of DROPOUTS) {
            const settings = { batch: perStep / context, dropout };
            const sizes = { tokens, heldTokens };
            const steps = recipeWithin(cost, id, context, settings, input, sizes);
            yield { model, objective, vocabulary, repeated, ...sizes, cost, ...steps };
          }
        }
      }
    }
  }
}

/** Contexts from `MIN_PLANNED_CONTEXT` to the longest, or one shorter context for a small validation set. */
function contexts(longest: number, heldTokens: number): readonly number[] {
  const isPlanned = (context: number): boolean => context <= Math.max(MIN_PLANNED_CONTEXT, longest);
  const fitting = CONTEXTS.filter((context) => isPlanned(context) && MIN_VALIDATION_CONTEXTS * context <= heldTokens);
  if (fitting.length > 0) return fitting;
  let context: number = MIN_PLANNED_CONTEXT;
  while (context > MIN_CONTEXT && MIN_VALIDATION_CONTEXTS * context > heldTokens) context /= 2;
  return [context];
}

/** Minimum number of validation tokens, as a multiple of the context. */
const MIN_VALIDATION_CONTEXTS = 2;
const headsOf = (width: number): number => Math.max(1, Math.round(width / (width < 256 ? 32 : 64)));

/** Recipe of a run that fills a time budget, with its evaluations and saves. */
function recipeWithin(
  cost: Cost,
  id: ModelId,
  context: number,
  { batch, dropout }: Pick<Recipe, 'batch' | 'dropout'>,
  { device, seconds }: Pick<PlanInput, 'device' | 'seconds'>,
  { tokens, heldTokens }: { tokens: number; heldTokens: number },
): Pick<Plan, 'recipe' | 'pace' | 'maxSteps'> {
  const base: Recipe = {
    ...DEFAULT_RECIPE,
    batch,
    dropout,
    schedule: 'linear',
    finalRate: 0,
    learningRate: peakRate(nearestKind(id), batch * context, OPTIMIZERS.adamw.usualRate(cost.parameters)),
    evalEarly: true,
  };
  const paceWith = (evalTokens: number): Pace => expectedPace(cost, context, { ...base, evalTokens }, device);
  // Evaluations read as many tokens as their share of the time allows.
  const secondsPerToken = (paceWith(2 * PROBE_TOKENS).evaluation - paceWith(PROBE_TOKENS).evaluation) / PROBE_TOKENS;
  const affordable =
    (EVALUATION_TIME_SHARE * seconds) / ((evaluationsWithin(seconds) + EARLY_EVALUATIONS) * secondsPerToken);
  const maxEvalTokens = Math.min(heldTokens, MAX_EVALUATED_TOKENS);
  const evalTokens = Math.ceil(Math.min(maxEvalTokens, Math.max(MIN_EVALUATED_TOKENS, affordable)));
  const pace = paceWith(evalTokens);
  const withSteps = (steps: number): Recipe => ofSteps({ ...base, evalTokens }, steps, seconds, pace.step);
  // The numbers of steps, evaluations and saves depend on one another.
  let affordableSteps = Math.floor(seconds / pace.step);
  for (let iteration = 0; iteration < 3 && affordableSteps > MIN_STEPS; iteration++)
    affordableSteps -= Math.max(0, Math.ceil((secondsOf(pace, withSteps(affordableSteps)) - seconds) / pace.step));
  const maxSteps = stepsToMemorize(tokens, batch * context, dropout);
  return { recipe: withSteps(Math.max(MIN_STEPS, Math.min(maxSteps, affordableSteps))), pace, maxSteps };
}

/** Whether another plan may be better. @param ratio measured over expected time of a step */
export const isFarOff = (ratio: number): boolean => ratio > MAX_RATIO || ratio < 1 / MAX_RATIO;
const MAX_RATIO = 1.3;

/**
 * Returns the recipe with this number of steps, and with matching evaluations, saves and warm-up.
 * @param seconds time budget of the run
 */
export function ofSteps(recipe: Recipe, steps: number, seconds: number, secondsPerStep: number): Recipe {
  const evalEvery = Math.max(1, Math.ceil(steps / evaluationsWithin(seconds)));
  const saveEvery = Math.max(1, Math.min(evalEvery, Math.round(SECONDS_BETWEEN_SAVES / secondsPerStep)));
  return { ...recipe, steps, evalEvery, saveEvery, warmup: shortWarmup(DEFAULT_RECIPE.warmup, steps) };
}

/** Number of evaluations in a run of this many seconds. */
const evaluationsWithin = (seconds: number): number =>
  Math.round(
    Math.min(MAX_EVALUATIONS, Math.max(MIN_EVALUATIONS, EVALUATIONS_PER_ROOT_MINUTE * Math.sqrt(seconds / 60))),
  );
const MIN_EVALUATIONS = 4;
const MAX_EVALUATIONS = 40;
/** Number of evaluations in a run of one minute; grows with the square root of the minutes. */
const EVALUATIONS_PER_ROOT_MINUTE = 4;
/** Number of early evaluations, at steps 0, 10, 25, 50, 100 and 200; later ones cost little compared with the steps. */
const EARLY_EVALUATIONS = 6;
/** Share of the time for evaluations. */
const EVALUATION_TIME_SHARE = 0.04;
/** Number of tokens with which an evaluation's time per token is estimated. */
const PROBE_TOKENS = 4096;
const MIN_EVALUATED_TOKENS = 2048;
const MAX_EVALUATED_TOKENS = 32_768;
/** Seconds between saves. */
const SECONDS_BETWEEN_SAVES = 300;
