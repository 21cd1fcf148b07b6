/** What a page says of a tuning before its start: what learns, what it takes, and what speaks against it. */
import { type MemoryPlan, memoryPlan } from '../core/train/memory';
import { partsOf, type Trainable } from '../core/adapters/trainable';
import { toFailure, type Failure } from '../core/base/errors';
import { counted, formatCount } from '../core/base/units';
import { learntOf } from '../core/documents/record';
import { modelSpec, paramsOf } from '../core/models';
import { countParams } from '../core/models/spec';
import { learntFrom } from '../core/objectives';
import type { Project } from '../core/runs/project';
import type { ListedRun } from '../core/runs/rows';
import { dataOf, recipeOf } from '../core/runs/segments';
import { trainableOf, tuningObjective, usualTuningRate } from '../core/runs/toLearn';
import type { MemoryLimits } from '../core/train/memory';
import { type Problem, problems } from '../core/train/problems';
import { tokensPerStep, type Recipe } from '../core/train/recipe';
import { recomputation } from '../core/train/recomputation';
import type { ModelChoice } from '../core/train/run';
import type { Painting } from '../protocol/data';
import { estimate, limitsOf } from './estimate';
import type { Studio } from './studio';
import { oldTextsOf, toTuneOn } from './tuning';
import { buildTime } from './workTime';

type Base = Pick<ListedRun, 'model' | 'objective' | 'segments'>;

/** Whether what a run learnt from is kept, and is text: what it forgets of that is measured. One that came in says what it was alone. */
export const keepsOldText = (run: Pick<ListedRun, 'segments' | 'objective' | 'old'>): boolean =>
  run.old?.id != null || (dataOf(run).id !== null && learntFrom(run.objective) === 'documents');

/**
 * What a tuning of a base is begun with.
 * @param hasOld there is text that stands for what the base had learnt
 * @throws HomegrownError `bad-settings` where the model has not what is to learn
 */
export function tuningOf(
  { tuning, recompute }: Pick<Project, 'tuning' | 'recompute'>,
  base: Base & Pick<ListedRun, 'old'>,
  limits: MemoryLimits,
  hasOld: boolean,
): { model: ModelChoice; trainable: Trainable | undefined; recipe: Recipe } {
  const { model } = base;
  const trainable = trainableOf(tuning, model);
  const { samplePrompt, optimizer, learningRate, replay } = tuning.recipe;
  const recipe: Recipe = {
    ...tuning.recipe,
    objective: tuningObjective(tuning.purpose, base.objective, model),
    learningRate: tuning.rateByHand ? learningRate : usualTuningRate(model, trainable, optimizer),
    replay: keepsOldText(base) || hasOld ? replay : 0,
    samplePrompt: samplePrompt === '' ? recipeOf(base).samplePrompt : samplePrompt,
  };
  const { isOn } = recomputation(model, recipe, recompute, limits, trainable);
  return { model, trainable, recipe: { ...recipe, recompute: isOn } };
}

export interface TuningPlan {
  recipe: Recipe;
  /** Parameters that learn, and all. */
  learns: number;
  all: number;
  memory: MemoryPlan;
  /** Where everything learns. */
  full: MemoryPlan;
  /** Times that what is learnt is read; undefined where its tokens are not known. */
  passes: number | undefined;
  /** Expected wait from the press until it is done: its texts are cut, then it trains. Undefined until the device was measured. */
  seconds: number | undefined;
  problems: readonly Problem[];
}

/** @returns why, where the model has not what is to learn of it */
export function planTuning(
  s: Pick<Studio, 'project' | 'texts' | 'tuneTexts' | 'device' | 'buildRate'>,
  base: Base,
  painting?: Painting,
): TuningPlan | Failure {
  const limits = limitsOf(s);
  try {
    const { model, trainable, recipe } = tuningOf(s.project, base, limits, oldTextsOf(s).length > 0);
    const [spec, table] = [modelSpec(model.id), paramsOf(model)];
    const { added, trainableParams } = partsOf(table, trainable);
    const memoryOf = (of?: Trainable): MemoryPlan => memoryPlan(spec, model.config, model.vocabulary, recipe, of);
    const tokens = tokensToLearn(s, base, painting);
    const device = s.device.kind === 'open' ? s.device.info : undefined;
    const training = estimate(spec, model.config, model.vocabulary, recipe, device).seconds;
    const building = buildTime({ texts: toTuneOn(s), buildRate: s.buildRate }) ?? 0;
    const read = recipe.steps * tokensPerStep(recipe, model.config.context) * (1 - recipe.replay);
    return {
      recipe,
      learns: countParams(trainableParams),
      all: countParams(table) + countParams(added),
      memory: memoryOf(trainable),
      full: memoryOf(),
      passes: tokens === undefined ? undefined : read / tokens,
      seconds: training === undefined ? undefined : training + building / 1000,
      problems: problems(model, recipe, { train: Infinity, validation: Infinity }, limits, trainable),
    };
  } catch (error) {
    return toFailure(error);
  }
}

/** Counted in chats; of texts guessed by what the base's tokenizer made of its own. Undefined without any. */
function tokensToLearn(
  s: Pick<Studio, 'project' | 'tuneTexts'>,
  base: Pick<Base, 'segments'>,
  painting: Painting | undefined,
): number | undefined {
  const { purpose, heldOut } = s.project.tuning;
  if (purpose === 'instruct') return painting && painting.tokens.all * (1 - heldOut);
  const bytes = toTuneOn(s).reduce((sum, text) => sum + learntOf(text).bytes, 0);
  const { train } = dataOf(base).facts?.parts ?? {};
  const each = train && train.tokens > 0 ? train.bytes / train.tokens : USUAL_BYTES;
  return bytes > 0 ? (bytes / each) * (1 - heldOut) : undefined;
}
/** Of a token. */
const USUAL_BYTES = 4;

export interface Doubt {
  tone: 'ok' | 'warn' | 'error';
  words: string;
  detail: string;
}

/** What the painting says of chats: what stops the start, what is doubtful, and what holds. */
export function doubtsOf(painting: Painting, heldOut: number, context: number): readonly Doubt[] {
  const { conversations, tooLong, endsWith, asksAlike, refused } = painting;
  const { count, nothingLearnt } = tooLong;
  const held = Math.round(conversations * heldOut);
  const found: Doubt[] = [];
  if (refused)
    found.push({
      tone: 'warn',
      words: `${counted(refused.count, 'conversation')} ${refused.count === 1 ? 'is' : 'are'} left out: the template does not take ${refused.count === 1 ? 'it' : 'them'}`,
      detail: refused.first,
    });
  if (nothingLearnt >= conversations)
    found.push({
      tone: 'error',
      words: 'Nothing would be learnt',
      detail: `no answer begins within the ${formatCount(context)} tokens that the model reads at once`,
    });
  else if (count > 0)
    found.push({
      tone: 'warn',
      words: `${counted(count, 'conversation')} ${count === 1 ? 'is' : 'are'} longer than ${formatCount(context)} tokens`,
      detail: `the end of ${count === 1 ? 'it' : 'each'} is left out${nothingLearnt > 0 ? `; of ${formatCount(nothingLearnt)} nothing is learnt` : ''}`,
    });
  else
    found.push({
      tone: 'ok',
      words: `Each fits into the ${formatCount(context)} tokens that the model reads at once`,
      detail: 'nothing is left out',
    });
  if (conversations < 2)
    found.push({
      tone: 'error',
      words: 'One conversation is too few',
      detail: 'one is learnt, and another held out to judge it by',
    });
  else if (held < FEW)
    found.push({
      tone: 'warn',
      words: `${counted(conversations, 'conversation')} ${conversations === 1 ? 'is' : 'are'} few`,
      detail: `about ${formatCount(Math.max(1, held))} held out: how well it answers is a guess, and it soon knows the rest by heart`,
    });
  found.push(
    endsWith === undefined
      ? {
          tone: 'warn',
          words: 'Nothing ends an answer',
          detail: 'the template writes no special token after it, so the model does not learn where to stop',
        }
      : { tone: 'ok', words: 'It learns to end its turn', detail: `${endsWith} after each answer is learnt too` },
    asksAlike
      ? {
          tone: 'ok',
          words: 'It is asked as it learns',
          detail: 'what the template writes before an answer is the same in a chat',
        }
      : {
          tone: 'warn',
          words: 'It is asked otherwise than it learns',
          detail: 'before an answer the template writes something else in a chat than here',
        },
  );
  return found;
}
/** Conversations that are held out. */
const FEW = 5;
