/** Settings for a text, a device and a time: those with the best expected quality of all that fit. */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import { FIRST_MODEL, type ModelId, modelSpec } from '../models';
import { usualConfig } from '../models/spec';
import type { ObjectiveId } from '../objectives';
import { OPTIMIZERS } from '../optim';
import { heldBytes, type MemoryLimits, memoryPlan, memoryShortage } from '../train/memory';
import { DEFAULT_RECIPE, type Recipe, tokensPerStep } from '../train/recipe';
import type { ModelChoice } from '../train/run';
import { coveredQuality, type Expected } from './expected';
import { type Cost, costOf, expectedPace, type Pace, type PlanDevice, secondsOf } from './pace';
import type { TextProfile, VocabularyProfile } from './profile';
import { type Circumstances, expectedLoss, isQualityKind, peakRate, QUALITY_KINDS, type QualityKind } from './quality';

export interface PlanInput {
  text: TextProfile;
  /** Share of the text that is held out. */
  held: number;
  device: PlanDevice;
  limits?: MemoryLimits;
  /** From the first step to the last, with evaluations and saves. */
  seconds: number;
  /** The architecture; the first where none is chosen. */
  model?: ModelId;
  /** By default the one that the architecture is pretrained by. */
  objective?: ObjectiveId;
  /** The vocabulary that there is already; otherwise it is chosen. */
  vocabulary?: number;
}

export interface Plan {
  vocabulary: VocabularyProfile;
  /** Share of the text that is said again. */
  repeated: number;
  model: ModelChoice;
  objective: ObjectiveId;
  recipe: Recipe;
  cost: Cost;
  pace: Pace;
  /** Of the whole run. */
  seconds: number;
  /** Steps after which the model would only memorize its text, whatever the time. */
  maxSteps: number;
  /** Tokens held out, about. */
  heldTokens: number;
  /** Tokens to learn from, about, and how often they are read. */
  tokens: number;
  epochs: number;
  /** On the validation set at the best evaluation; undefined for a kind of run that wasn't recorded. */
  expected: Expected | undefined;
  /** With twice the time. */
  twice: Expected | undefined;
  /** Undefined where no bits per byte are expected. */
  trigram: TrigramOutlook | undefined;
}

/** How the plan compares with a trigram model, in bits per byte on the validation set. */
export interface TrigramOutlook {
  bits: number;
  /** Time of the shortest run that is expected to beat it: the plan's own, or longer; undefined if 16 times that is too short. */
  seconds: number | undefined;
}

/** The plan with other settings of the recipe: its time, and its expected quality. */
export function withRecipe(plan: Plan, recipe: Recipe): Plan {
  const { seconds, epochs, expected } = outlookOf({ ...plan, recipe });
  return { ...plan, recipe, seconds, epochs, expected };
}

/** `rank` orders candidates also where no quality is expected: settings that suit text suit other objectives. */
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
    // Per byte: the perplexity of masked bytes is lower than that of masked words, and says less.
    rank: expectedLoss(run, vocabulary.unigramBits).value * CONTEXT_WORTH ** Math.log2(model.config.context),
  };
}

/** The quality model doesn't weigh the context: one twice as long counts as half a percent. A judgment, not measured. */
const CONTEXT_WORTH = 0.995;

const nearestKind = (id: ModelId): QualityKind => (isQualityKind(id) ? id : 'gpt');

/** Layers and width; heads are 32 wide, or 64 where the model is. */
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
/** Of each step, at least: fewer longer ones of as many tokens learn less from them. */
const ROWS = 8;
const SHORTEST = 8;
/** Shortest context of a plan, in tokens; shorter only if fewer than twice as many tokens are held out. */
export const MIN_PLANNED_CONTEXT = 64;
/** The longest context grows with the fourth root of a run's floating-point operations. A judgment, not measured. */
const contextFor = (flops: number): number => 2 ** Math.round(Math.log2(64 * (flops / 1e13) ** 0.25));
const CONTEXTS = [MIN_PLANNED_CONTEXT, 128, 256] as const;
const DROPOUTS = [0, 0.1, 0.2] as const;
/** Below that many updates a model is hardly begun. */
export const MIN_STEPS = 50;
/** Epochs after which a model only memorizes its text. A plan leaves the rest of its time unused. */
export const maxEpochs = (dropout: number): number => 16 + 100 * dropout;
/** Steps after which a model only memorizes, for so many training tokens; a short text is read more often than that. */
const stepsToMemorize = (tokens: number, perStep: number, dropout: number): number =>
  Math.max(MIN_STEPS, Math.floor((maxEpochs(dropout) * tokens) / perStep));

/** The plan for a time; for the shortest that holds a run where it is too short for any. */
export function makePlan(input: PlanInput): Plan {
  const shapes = shapesOf(input);
  const fitsMemory = memoryCheck(input.limits);
  const bestIn = (seconds: number): Found => best({ ...input, seconds }, shapes, fitsMemory);
  const { rank, ...plan } = bestIn(input.seconds);
  const longer = bestIn(2 * input.seconds);
  // Time that is not used does no harm.
  const twice = longer.rank < rank ? longer.expected : plan.expected;
  return { ...plan, twice, trigram: trigramOutlook(input, bestIn, { ...plan, twice }) };
}

function trigramOutlook(
  input: PlanInput,
  bestIn: (seconds: number) => Found,
  plan: Pick<Plan, 'expected' | 'twice' | 'seconds'>,
): TrigramOutlook | undefined {
  const { expected, twice } = plan;
  if (expected?.unit !== 'bits per byte') return undefined;
  const bits = input.text.trigramBits;
  if (expected.value < bits) return { bits, seconds: plan.seconds };
  let [seconds, value] = [input.seconds, expected.value];
  for (const times of [2, 4, 8, 16]) {
    const longer = times * input.seconds;
    const reached = (times === 2 ? twice : bestIn(longer).expected)?.value;
    if (reached === undefined) break;
    // Between two times the loss falls as a power of the time.
    const share = Math.log(value / bits) / Math.log(value / reached);
    if (reached < bits) return { bits, seconds: seconds * (longer / seconds) ** share };
    [seconds, value] = [longer, reached];
  }
  return { bits, seconds: undefined };
}

/** What is known of a candidate before its quality is asked for. */
type Candidate = Omit<Plan, 'seconds' | 'epochs' | 'expected' | 'twice' | 'trigram'>;
type Found = Omit<Plan, 'twice' | 'trigram'> & { rank: number };

function best(input: PlanInput, shapes: Shapes, fitsMemory: MemoryCheck): Found {
  let found: Found | undefined;
  let soonest: Found | undefined;
  for (const candidate of candidates(input, shapes)) {
    const outlook = outlookOf(candidate);
    const isBetter = outlook.seconds <= input.seconds && outlook.rank < (found?.rank ?? Infinity);
    const isSooner = !found && outlook.seconds < (soonest?.seconds ?? Infinity);
    if (!(isBetter || isSooner) || !fitsMemory(candidate.model, candidate.recipe)) continue;
    const plan: Found = { ...candidate, ...outlook };
    if (isBetter) found = plan;
    if (isSooner) soonest = plan;
  }
  const plan = found ?? soonest;
  if (plan) return plan;
  throw badSettings(
    `No model fits both this text (${formatCount(input.text.bytes)} bytes) and this device.`,
    `Add text, at least ${MIN_BYTES} bytes in all, or raise the memory limit.`,
  );
}

/**
 * Whether a run takes at most half of what the device may hold, so that nothing is recomputed: that would take a third more time.
 * Checked once for each model and batch size: nothing else that a plan chooses changes a run's memory.
 */
function memoryCheck(limits: MemoryLimits = {}): MemoryCheck {
  if (Object.values(limits).every((limit) => limit === undefined)) return () => true;
  const bytes = heldBytes(limits)?.bytes ?? Infinity;
  const known = new Map<ModelChoice, Map<number, boolean>>();
  return (model, recipe) => {
    const byBatch = known.get(model) ?? new Map<number, boolean>();
    known.set(model, byBatch);
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
/** With a tenth held out: the shortest context, and the token after it. */
const MIN_BYTES = 200;

/** A model of a vocabulary and context, with what it costs. */
interface Shape {
  model: ModelChoice;
  cost: Cost;
}
type Shapes = (vocabulary: number, context: number) => readonly Shape[];

/** Lists the models that an architecture allows. Each is counted once for all times that a plan tries. */
function shapesOf({ model: id = FIRST_MODEL }: PlanInput): Shapes {
  const spec = modelSpec(id);
  const known = new Map<string, readonly Shape[]>();
  return (vocabulary, context) => {
    const key = `${vocabulary} ${context}`;
    const shapes =
      known.get(key) ??
      SHAPES.flatMap(([layers, width]) => {
        const config = usualConfig(spec, { layers, width, heads: headsOf(width), context });
        if (spec.problems(config).length > 0) return [];
        return [{ model: { id, config, vocabulary }, cost: costOf(spec, config, vocabulary) }];
      });
    known.set(key, shapes);
    return shapes;
  };
}

function* candidates(input: PlanInput, shapes: Shapes): Generator<Candidate> {
  const { text, held, device, seconds, model: id = FIRST_MODEL, vocabulary: chosen } = input;
  const { objective = QUALITY_KINDS[nearestKind(id)] } = input;
  const { repeated } = text;
  const vocabularies = text.vocabularies.filter(({ size }) => chosen === undefined || size === chosen);
  for (const vocabulary of vocabularies) {
    const tokens = (text.bytes / vocabulary.bytesPerToken) * (1 - held);
    const heldTokens = (text.bytes / vocabulary.bytesPerToken) * held;
    for (const context of contexts(contextFor(1e9 * device.gigaflops * seconds), heldTokens)) {
      if (context >= Math.min(tokens, heldTokens)) continue;
      for (const { model, cost } of shapes(vocabulary.size, context)) {
        for (const perStep of TOKENS_PER_STEP) {
          if (perStep < ROWS * context) continue;
          for (const dropout of DROPOUTS) {
            const settings = { batch: perStep / context, dropout };
            const sizes = { tokens, heldTokens };
            const steps = inTime(cost, id, context, settings, input, sizes);
            yield { model, objective, vocabulary, repeated, ...sizes, cost, ...steps };
          }
        }
      }
    }
  }
}

/** From `MIN_PLANNED_CONTEXT` to the longest; one shorter context where the validation set holds too few tokens. */
function contexts(longest: number, heldTokens: number): readonly number[] {
  const isPlanned = (context: number): boolean => context <= Math.max(MIN_PLANNED_CONTEXT, longest);
  const fitting = CONTEXTS.filter((context) => isPlanned(context) && SPARE * context <= heldTokens);
  if (fitting.length > 0) return fitting;
  let context: number = MIN_PLANNED_CONTEXT;
  while (context > SHORTEST && SPARE * context > heldTokens) context /= 2;
  return [context];
}

/** Tokens of the held-out part for each of a context: windows enough to judge by. */
const SPARE = 2;
const headsOf = (width: number): number => Math.max(1, Math.round(width / (width < 256 ? 32 : 64)));

/** The steps that a time holds, and how often a run of it is looked at and saved. */
function inTime(
  cost: Cost,
  id: ModelId,
  context: number,
  { batch, dropout }: Pick<Recipe, 'batch' | 'dropout'>,
  { device, seconds }: Pick<PlanInput, 'device' | 'seconds'>,
  { tokens, heldTokens }: { tokens: number; heldTokens: number },
): Pick<Plan, 'recipe' | 'pace' | 'maxSteps'> {
  const given: Recipe = {
    ...DEFAULT_RECIPE,
    batch,
    dropout,
    schedule: 'linear',
    finalRate: 0,
    learningRate: peakRate(nearestKind(id), batch * context, OPTIMIZERS.adamw.usualRate(cost.parameters)),
    evalEarly: true,
  };
  const paceWith = (evalTokens: number): Pace => expectedPace(cost, context, { ...given, evalTokens }, device);
  // Each look takes as many tokens as its share of the time holds.
  const perToken = (paceWith(2 * EVALUATED).evaluation - paceWith(EVALUATED).evaluation) / EVALUATED;
  const affordable = (LOOKING * seconds) / ((looksIn(seconds) + EARLY_LOOKS) * perToken);
  const evaluable = Math.min(heldTokens, MAX_EVALUATED_TOKENS);
  const evalTokens = Math.ceil(Math.min(evaluable, Math.max(MIN_EVALUATED_TOKENS, affordable)));
  const pace = paceWith(evalTokens);
  const withSteps = (steps: number): Recipe => ofSteps({ ...given, evalTokens }, steps, seconds, pace.step);
  // How often it is looked at and saved depends a little on the steps, and they on that.
  let fits = Math.floor(seconds / pace.step);
  for (let turn = 0; turn < 3 && fits > MIN_STEPS; turn++)
    fits -= Math.max(0, Math.ceil((secondsOf(pace, withSteps(fits)) - seconds) / pace.step));
  const max = stepsToMemorize(tokens, batch * context, dropout);
  return { recipe: withSteps(Math.max(MIN_STEPS, Math.min(max, fits))), pace, maxSteps: max };
}

/** Whether real steps take so much more or less time than was expected that another plan may be better. @param off times as long */
export const isFarOff = (off: number): boolean => off > MUCH || off < 1 / MUCH;
const MUCH = 1.3;

/** A recipe of so many steps: how often it is looked at and saved, and how long its rate rises. Both times are in seconds. */
export function ofSteps(recipe: Recipe, steps: number, seconds: number, step: number): Recipe {
  const evalEvery = Math.max(1, Math.ceil(steps / looksIn(seconds)));
  const saveEvery = Math.max(1, Math.min(evalEvery, Math.round(SAVED_EVERY / step)));
  return { ...recipe, steps, evalEvery, saveEvery, warmup: Math.min(MAX_WARMUP_STEPS, Math.ceil(steps / 10)) };
}

const looksIn = (seconds: number): number =>
  Math.round(Math.min(MAX_EVALUATIONS, Math.max(MIN_EVALUATIONS, LOOKS_A_ROOT * Math.sqrt(seconds / 60))));
const MIN_EVALUATIONS = 4;
const MAX_EVALUATIONS = 40;
/** Of a run of one minute; of longer ones by the root of their minutes. */
const LOOKS_A_ROOT = 4;
/** At steps 0, 10, 25, 50, 100 and 200; later ones cost little next to so many steps. */
const EARLY_LOOKS = 6;
/** Share of the time. */
const LOOKING = 0.04;
const EVALUATED = 4096;
const MIN_EVALUATED_TOKENS = 2048;
const MAX_EVALUATED_TOKENS = 32_768;
/** Seconds. */
const SAVED_EVERY = 300;
const MAX_WARMUP_STEPS = 100;
