/** Model and recipe of a run: as chosen, as planned, or those of the run that it resumes. */
import { badSettings, HomegrownError } from '../../src/core/base/errors';
import { formatCount } from '../../src/core/base/units';
import { isContextFree } from '../../src/core/export/contextOf';
import type { BaseConfig } from '../../src/core/models/spec';
import { recipeOf } from '../../src/core/runs/segments';
import { MIN_VOCABULARY } from '../../src/core/tokenizer/train';
import { batchOfTokens } from '../../src/core/train/batchTokens';
import { type Problem, problems, rejectProblems } from '../../src/core/train/problems';
import { RECIPE, type Recipe } from '../../src/core/train/recipe';
import { recomputation, type Recomputation } from '../../src/core/train/recomputation';
import type { ModelChoice } from '../../src/core/train/run';
import { fittedTo } from '../../src/core/train/shortText';
import type { SavedRun } from '../folders/savedRun';
import { memoryLimitsWithin } from './memoryLimitsWithin';
import { type Beginning, chosenObjective, newRecipe } from './newRecipe';
import type { Planner } from './planner';
import type { RunOrigin } from './runOrigin';
import type { RunRequest } from './runRequest';

/** A recipe on the device in use, and reasons that prevent it. */
interface OnDevice {
  recipe: Recipe;
  recomputation: Recomputation;
  problems: readonly Problem[];
}

export class RunSettings {
  /** Prompt of the samples, taken from the text; undefined before the text is read, or if a flag sets it. */
  textPrompt: string | undefined;
  private readonly chosen: Pick<ModelChoice, 'id' | 'config'>;

  /** @param planner plans sizes from the text; null if a person, a model or a saved run sets them */
  constructor(
    private readonly request: RunRequest,
    private readonly origin: RunOrigin,
    private readonly planner: Planner | null,
  ) {
    const { past, start } = origin;
    const { id, config } = past?.info.model ?? start?.model ?? newModel(request);
    this.chosen = { id, config };
  }

  /** The model of --from, or one with the smallest vocabulary: for checks before the text is read. */
  get smallestModel(): ModelChoice {
    return this.origin.start?.model ?? { ...this.chosen, vocabulary: MIN_VOCABULARY };
  }

  /** A text shorter than the context can't change the context of these models. */
  get isContextFixed(): boolean {
    const { past, start } = this.origin;
    return past !== null || (start !== null && !isContextFree(start.model));
  }

  /** The model as chosen or planned. */
  wantedModel(vocabulary: number): ModelChoice {
    const config: BaseConfig = this.planner?.plan.model.config ?? this.chosen.config;
    return { id: this.chosen.id, config, vocabulary };
  }

  /** @param tokens in the training set: the context of a new model is at most so long */
  model(vocabulary: number, tokens: number): ModelChoice {
    const model = this.wantedModel(vocabulary);
    return this.isContextFixed ? model : fittedTo(model, this.recipe(model), tokens);
  }

  /** @param steps that fit into the time budget; before they are known, the largest number */
  recipe(model: ModelChoice, steps = RECIPE.steps.max): Recipe {
    const { recipe, batchTokens, memory } = this.request;
    if (this.planner) return { ...this.planner.recipe(recipe, steps), ...this.samplePrompt };
    const ownRecipe = this.ownRecipe(model, steps);
    if (batchTokens === undefined) return ownRecipe;
    const { trainable } = this.origin;
    return { ...ownRecipe, ...batchOfTokens(batchTokens, model, ownRecipe, memoryLimitsWithin(memory), trainable) };
  }

  /** @throws HomegrownError `bad-settings` if the model can't be trained with this recipe on so many tokens */
  check(model: ModelChoice, tokens = UNLIMITED_TOKENS): void {
    rejectProblems(problems(model, this.recipe(model), tokens, {}, this.origin.trainable));
  }

  /** Recipe for the device in use, with activation recomputation if its memory needs it. */
  onDevice(model: ModelChoice): OnDevice {
    const { past, trainable } = this.origin;
    const limits = memoryLimitsWithin(this.request.memory);
    const requested = this.recipe(model);
    const defaultChoice = past ? (requested.recompute ? 'on' : 'off') : 'auto';
    const choice = this.request.recompute ?? defaultChoice;
    const decision = recomputation(model, requested, choice, limits, trainable);
    const recipe: Recipe = { ...requested, recompute: decision.isOn };
    return { recipe, recomputation: decision, problems: problems(model, recipe, UNLIMITED_TOKENS, limits, trainable) };
  }

  private ownRecipe(model: ModelChoice, steps: number): Recipe {
    const { past, start } = this.origin;
    const { minutes, recipe, tuning } = this.request;
    const chosen = { ...recipe, ...(minutes !== undefined && { steps }) };
    if (past) return resumedRecipe(past, chosen);
    const beginning: Beginning = !start ? 'new' : tuning ? { trainable: this.origin.trainable } : 'continued';
    const objective = chosenObjective(this.request, model, start?.objective);
    return { ...newRecipe(chosen, model, objective, beginning), ...this.samplePrompt };
  }

  private get samplePrompt(): Pick<Recipe, 'samplePrompt'> | undefined {
    return this.textPrompt === undefined ? undefined : { samplePrompt: this.textPrompt };
  }
}

const UNLIMITED_TOKENS = { train: Infinity, validation: Infinity };

/** Architecture and sizes of a new model, before its tokenizer exists. */
function newModel({ model, tuning }: RunRequest): Pick<ModelChoice, 'id' | 'config'> {
  if (!model) throw new HomegrownError('bug', 'A new run has no model');
  const { id, config } = model;
  return { id, config: tuning?.classify ? { ...config, classes: tuning.classify.classes({ id }) } : config };
}

/**
 * Returns the run's own recipe with the chosen settings.
 * @throws HomegrownError `bad-settings` if it has finished all steps
 */
function resumedRecipe({ folder, info }: SavedRun, chosen: Partial<Recipe>): Recipe {
  const { recompute, ...savedRecipe } = recipeOf(info);
  const recipe: Recipe = { ...savedRecipe, ...chosen, recompute };
  const { step } = info.state;
  if (step < recipe.steps) return recipe;
  throw badSettings(
    `The run in ${folder} has already finished step ${formatCount(step)} of ${formatCount(recipe.steps)}.`,
    'Raise the total with --steps.',
  );
}
