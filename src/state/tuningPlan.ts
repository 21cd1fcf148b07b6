/** Plan of a fine-tuning run before its start: trainable parameters, memory, and problems. */
import { type MemoryPlan, memoryPlan } from '../core/train/memory';
import { partsOf, type Trainable } from '../core/adapters/trainable';
import { toFailure, type Failure } from '../core/base/errors';
import { counted, formatCount } from '../core/base/units';
import { trainingSize } from '../core/documents/record';
import { modelSpec, paramsOf } from '../core/models';
import { countParams } from '../core/models/spec';
import { trainingSource } from '../core/objectives';
import { defaultLearningRate } from '../core/runs/defaultLearningRate';
import type { Project } from '../core/runs/project';
import type { ListedRun } from '../core/runs/rows';
import { dataOf, recipeOf } from '../core/runs/segments';
import { trainableOf, tuningObjective } from '../core/runs/tuningConfig';
import type { MemoryLimits } from '../core/train/memory';
import { type Problem, problems } from '../core/train/problems';
import { tokensPerStep, type Recipe } from '../core/train/recipe';
import { recomputation } from '../core/train/recomputation';
import type { ModelChoice } from '../core/train/run';
import type { LossMaskPreview } from '../protocol/data';
import { estimate, limitsOf } from './estimate';
import { areTables } from './markup';
import { buildTime } from './workTime';
import type { Studio } from './slices/studio';
import { oldTextsOf, toTuneOn } from './tuningInputs';

type Base = Pick<ListedRun, 'model' | 'objective' | 'segments'>;

/** Whether a run's training data is stored and is text, to measure forgetting. An imported run has none. */
export const keepsOldText = (run: Pick<ListedRun, 'segments' | 'objective' | 'old'>): boolean =>
  run.old?.id != null || (dataOf(run).id !== null && trainingSource(run.objective) === 'documents');

interface TuningTexts {
  /** Whether the project has text like the base's training text. */
  hasOld: boolean;
  /** Whether the texts to train on are pairs of input and target; undefined: unknown before they are tokenized. */
  ofPairs: boolean | undefined;
}

/** Whether tuning texts can be pairs: only tables are, and tokenization shows which columns they have. */
export const maybePairs = (texts: Studio['tuneTexts']): false | undefined => (areTables(texts) ? undefined : false);

/**
 * Settings that a tuning starts with.
 * @throws HomegrownError `bad-settings` if the model lacks the part to train
 */
export function tuningOf(
  { tuning, recompute }: Pick<Project, 'tuning' | 'recompute'>,
  base: Base & Pick<ListedRun, 'old'>,
  limits: MemoryLimits,
  { hasOld, ofPairs }: TuningTexts,
): { model: ModelChoice; trainable: Trainable | undefined; recipe: Recipe } {
  const { model } = base;
  const trainable = trainableOf(tuning, model);
  const { samplePrompt, optimizer, learningRate, replay } = tuning.recipe;
  const recipe: Recipe = {
    ...tuning.recipe,
    objective: tuningObjective(tuning.purpose, base.objective, model, ofPairs),
    learningRate: tuning.rateByHand ? learningRate : defaultLearningRate(model, optimizer, { trainable }),
    replay: keepsOldText(base) || hasOld ? replay : 0,
    samplePrompt: samplePrompt === '' ? recipeOf(base).samplePrompt : samplePrompt,
  };
  const { isOn } = recomputation(model, recipe, recompute, limits, trainable);
  return { model, trainable, recipe: { ...recipe, recompute: isOn } };
}

export interface TuningPlan {
  recipe: Recipe;
  /** Number of trainable parameters, and of all. */
  trainable: number;
  all: number;
  memory: MemoryPlan;
  /** Memory of full fine-tuning. */
  full: MemoryPlan;
  /** Epochs; undefined if the number of tokens isn't known. */
  passes: number | undefined;
  /** Expected wait from the press to the end: tokenization, then training. Undefined until the device is measured. */
  seconds: number | undefined;
  problems: readonly Problem[];
}

/** @returns a failure if the model lacks the part to train */
export function planTuning(
  s: Pick<Studio, 'project' | 'texts' | 'tuneTexts' | 'device' | 'buildRate'>,
  base: Base,
  preview?: LossMaskPreview,
): TuningPlan | Failure {
  const limits = limitsOf(s);
  try {
    const texts = toTuneOn(s);
    const inputs = { hasOld: oldTextsOf(s).length > 0, ofPairs: maybePairs(texts) };
    const { model, trainable, recipe } = tuningOf(s.project, base, limits, inputs);
    const [spec, table] = [modelSpec(model.id), paramsOf(model)];
    const { added, trainableParams } = partsOf(table, trainable);
    const memoryOf = (parts?: Trainable): MemoryPlan => memoryPlan(spec, model.config, model.vocabulary, recipe, parts);
    const tokens = trainingTokens(s, base, preview);
    const device = s.device.kind === 'open' ? s.device.info : undefined;
    const training = estimate(spec, model.config, model.vocabulary, recipe, device).seconds;
    const building = buildTime({ texts, buildRate: s.buildRate }) ?? 0;
    const tokensRead = recipe.steps * tokensPerStep(recipe, model.config.context) * (1 - recipe.replay);
    return {
      recipe,
      trainable: countParams(trainableParams),
      all: countParams(table) + countParams(added),
      memory: memoryOf(trainable),
      full: memoryOf(),
      passes: tokens === undefined ? undefined : tokensRead / tokens,
      seconds: training === undefined ? undefined : training + building / 1000,
      problems: problems(model, recipe, { train: Infinity, validation: Infinity }, limits, trainable),
    };
  } catch (error) {
    return toFailure(error);
  }
}

/** Number of tokens in an epoch: counted for chats; for texts, estimated by the base tokenizer's ratio on its own data. Undefined without any. */
function trainingTokens(
  s: Pick<Studio, 'project' | 'tuneTexts'>,
  base: Pick<Base, 'segments'>,
  preview: LossMaskPreview | undefined,
): number | undefined {
  const { purpose, heldOut } = s.project.tuning;
  if (purpose === 'instruct') return preview && preview.tokens.all * (1 - heldOut);
  const bytes = toTuneOn(s).reduce((sum, text) => sum + trainingSize(text).bytes, 0);
  const { train } = dataOf(base).facts?.parts ?? {};
  const bytesPerToken = train && train.tokens > 0 ? train.bytes / train.tokens : USUAL_BYTES_PER_TOKEN;
  return bytes > 0 ? (bytes / bytesPerToken) * (1 - heldOut) : undefined;
}
const USUAL_BYTES_PER_TOKEN = 4;

export interface Doubt {
  tone: 'ok' | 'warn' | 'error';
  words: string;
  detail: string;
}

/** Checks of the training preview: what stops a start, what to be careful about, and what is fine. */
export function doubtsOf(preview: LossMaskPreview, heldOut: number, context: number): readonly Doubt[] {
  const { conversations, tooLong, endsWith, asksAlike, refused } = preview;
  const { count, withoutLoss } = tooLong;
  const heldOutCount = Math.round(conversations * heldOut);
  const doubts: Doubt[] = [];
  if (refused)
    doubts.push({
      tone: 'warn',
      words: `${counted(refused.count, 'conversation')} left out: the chat template rejects ${refused.count === 1 ? 'it' : 'them'}`,
      detail: refused.first,
    });
  if (withoutLoss >= conversations)
    doubts.push({
      tone: 'error',
      words: 'No tokens to train on',
      detail: `no answer begins within the context of ${formatCount(context)} tokens`,
    });
  else if (count > 0)
    doubts.push({
      tone: 'warn',
      words: `${counted(count, 'conversation')} truncated to ${formatCount(context)} tokens`,
      detail:
        withoutLoss > 0 ? `no answer left to train on in ${formatCount(withoutLoss)}` : 'the context of the model',
    });
  else
    doubts.push({
      tone: 'ok',
      words: 'All conversations fit',
      detail: `the context is ${formatCount(context)} tokens`,
    });
  if (conversations < 2)
    doubts.push({
      tone: 'error',
      words: 'One conversation is too few',
      detail: 'add at least one more: one for training, one for validation',
    });
  else if (heldOutCount < MIN_HELD_OUT)
    doubts.push({
      tone: 'warn',
      words: `Only ${counted(conversations, 'conversation')}`,
      detail: `about ${formatCount(Math.max(1, heldOutCount))} for validation: metrics are rough, and overfitting is likely`,
    });
  doubts.push(
    endsWith === undefined
      ? {
          tone: 'warn',
          words: "Doesn't learn when to stop",
          detail: 'the chat template ends answers without a special token',
        }
      : { tone: 'ok', words: 'Learns when to stop', detail: `trained on ${endsWith} after each answer` },
    asksAlike
      ? {
          tone: 'ok',
          words: 'Chats use the training template',
          detail: 'same prompt before an answer',
        }
      : {
          tone: 'warn',
          words: 'The chat prompt differs from the training prompt',
          detail: 'add_generation_prompt adds other text before an answer',
        },
  );
  return doubts;
}
/** Minimum number of held-out conversations for usable metrics. */
const MIN_HELD_OUT = 5;
