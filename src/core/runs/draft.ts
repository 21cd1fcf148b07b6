/** The settings of a run as those of the next one. */
import type { Split, SplitChoice } from '../documents/split';
import type { ModelId } from '../models';
import { isOfTuning, usualObjective } from '../objectives';
import type { Recipe } from '../train/recipe';
import { ofArchitecture } from './modelDraft';
import type { Project } from './project';
import type { RunRecord } from './record';
import { dataOf, isRecipeKnown, recipeOf } from './segments';
import { isApplied } from '../tokenizer/tokenizer';

type Run = Pick<RunRecord, 'model' | 'segments' | 'origin' | 'parent' | 'step'> & {
  tokenizer: Pick<RunRecord['tokenizer'], 'kind'>;
};
export type Draft = Pick<Project, 'model' | 'recipe' | 'rateByHand' | 'tokenizerChoice' | 'split'>;

/**
 * What the project is to be set to, so that its next run is made as this one was. What is not known of a run stays as it
 * is, and so does whether activations are recomputed, which is the device's.
 */
export function draftOf(run: Run, project: Project): Draft {
  const { id, vocabulary } = run.model;
  const { classes: _, ...config } = run.model.config; // labels are Tune's
  const { kind } = run.tokenizer;
  const { facts } = dataOf(run);
  const { tokenizer, tokenizerChoice } = project;
  const isThere = tokenizer?.model.kind === kind && tokenizer.size === vocabulary;
  const asked = isThere && tokenizerChoice.kind === kind ? tokenizerChoice.vocabulary : vocabulary;
  return {
    model: { ...ofArchitecture(project.model, id, vocabulary), config, byHand: [] },
    ...(isRecipeKnown(run)
      ? { recipe: { ...learntAnew(recipeOf(run), id), recompute: project.recipe.recompute }, rateByHand: true }
      : { recipe: project.recipe, rateByHand: project.rateByHand }),
    // One that is not trained here is the run's alone.
    tokenizerChoice: isApplied(kind)
      ? tokenizerChoice
      : { kind, vocabulary: kind === 'bpe' ? asked : tokenizerChoice.vocabulary },
    split: facts && isAsked(facts.split) ? withoutRule(facts.split) : project.split,
  };
}

/** As a run from nothing has it: that learns neither chats nor labels, and there is nothing to replay. */
const learntAnew = (recipe: Recipe, model: ModelId): Recipe => ({
  ...recipe,
  ...(isOfTuning(recipe.objective) && { objective: usualObjective(model) }),
  replay: 0,
});

/** A share that a project can ask for: a run of the terminal may hold out nothing, or more. */
const isAsked = ({ validation, test }: Split): boolean => validation > 0 && validation <= 0.5 && test <= 0.5;
const withoutRule = ({ validation, test, seed }: Split): SplitChoice => ({ validation, test, seed });
