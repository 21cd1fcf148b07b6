/** Model and recipe of a run: from flags, from a plan, or from the run that it resumes. */
import { isContextFree } from '../src/core/export/contextOf';
import type { BaseConfig } from '../src/core/models/spec';
import { SMALLEST_VOCABULARY } from '../src/core/tokenizer/train';
import { batchOfTokens } from '../src/core/train/batchTokens';
import { type Problem, problems, unfit } from '../src/core/train/problems';
import { RECIPE, type Recipe } from '../src/core/train/recipe';
import { recomputation, type Recomputation } from '../src/core/train/recomputation';
import type { ModelChoice } from '../src/core/train/run';
import { fittedTo } from '../src/core/train/shortText';
import { limitsNow, recipeOf } from './growRecipe';
import type { Beginning } from './learningRate';
import type { Planner } from './planned';
import type { LearnCommand, RunOrigin } from './runOrigin';
import { begunAs, objectiveOfTuning } from './tuning';
import { recipeGoingOn } from './resumeFlags';

/** A recipe on the device in use, and what keeps it from running there. */
interface OnDevice {
  recipe: Recipe;
  recomputation: Recomputation;
  problems: readonly Problem[];
}

export class RunSettings {
  /** Prompt of the samples, taken from the text; undefined before the text is read, or where a flag sets it. */
  textPrompt: string | undefined;
  private readonly typed: Pick<ModelChoice, 'id' | 'config'>;

  /** @param planner plans sizes from the text; null where flags, a model or a saved run set them */
  constructor(
    private readonly command: LearnCommand,
    private readonly origin: RunOrigin,
    private readonly planner: Planner | null,
  ) {
    const { past, start } = origin;
    const { id, config } = past?.info.model ?? start?.model ?? begunAs(command.options, command.tuning);
    this.typed = { id, config };
  }

  /** The model of --from, or one with the smallest vocabulary: for checks before the text is read. */
  get smallestModel(): ModelChoice {
    return this.origin.start?.model ?? { ...this.typed, vocabulary: SMALLEST_VOCABULARY };
  }

  /** A text shorter than the context can't change the context of these models. */
  get isContextFixed(): boolean {
    const { past, start } = this.origin;
    return past !== null || (start !== null && !isContextFree(start.model));
  }

  /** The model as typed or planned. */
  wantedModel(vocabulary: number): ModelChoice {
    const config: BaseConfig = this.planner?.plan.model.config ?? this.typed.config;
    return { id: this.typed.id, config, vocabulary };
  }

  /** @param tokens in the training set: the context of a new model is at most so long */
  model(vocabulary: number, tokens: number): ModelChoice {
    const model = this.wantedModel(vocabulary);
    return this.isContextFixed ? model : fittedTo(model, this.recipe(model), tokens);
  }

  /** @param steps that fit into --minutes; before they are known, the most */
  recipe(model: ModelChoice, steps = RECIPE.steps.max): Recipe {
    const { options, given } = this.command;
    if (this.planner) return { ...this.planner.recipe(options, given, steps), ...this.samplePrompt };
    const own: Recipe = { ...this.ownRecipe(model, steps), ...objectiveOfTuning(this.command.tuning ?? {}) };
    const tokens = options['batch-tokens'];
    if (tokens === undefined) return own;
    const { trainable } = this.origin;
    return { ...own, ...batchOfTokens(tokens, model, own, limitsNow(options.memory), trainable) };
  }

  /** @throws HomegrownError `bad-settings` where the model can't be trained with this recipe on so many tokens */
  check(model: ModelChoice, tokens = ANY_NUMBER): void {
    const found = problems(model, this.recipe(model), tokens, {}, this.origin.trainable);
    if (found.length > 0) throw unfit(found);
  }

  /** On the device in use, with activation recomputation where its memory needs it. */
  onDevice(model: ModelChoice): OnDevice {
    const { options, given } = this.command;
    const { past, trainable } = this.origin;
    const limits = limitsNow(options.memory);
    const asked = this.recipe(model);
    const wanted = past && !given.has('recompute') ? (asked.recompute ? 'on' : 'off') : options.recompute;
    const decided = recomputation(model, asked, wanted, limits, trainable);
    const recipe: Recipe = { ...asked, recompute: decided.isOn };
    return { recipe, recomputation: decided, problems: problems(model, recipe, ANY_NUMBER, limits, trainable) };
  }

  private ownRecipe(model: ModelChoice, steps: number): Recipe {
    const { past, start } = this.origin;
    const { options, given, tuning } = this.command;
    const isTimed = options.minutes !== undefined;
    const typed = isTimed ? { ...options, steps } : options;
    if (past) return recipeGoingOn(past, typed, isTimed ? new Set([...given, 'steps']) : given);
    const beginning: Beginning = !start ? 'new' : tuning ? { trainable: this.origin.trainable } : 'continued';
    return { ...recipeOf(typed, model, beginning), ...this.samplePrompt };
  }

  private get samplePrompt(): Pick<Recipe, 'samplePrompt'> | undefined {
    return this.textPrompt === undefined ? undefined : { samplePrompt: this.textPrompt };
  }
}

const ANY_NUMBER = { train: Infinity, validation: Infinity };
