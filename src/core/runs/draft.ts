/** Turns the settings of a run into settings of the next one. */
import type { Split, SplitChoice } from '../documents/split';
import { ofArchitecture } from './modelDraft';
import type { Project } from './project';
import type { RunRecord } from './record';
import { dataOf, isRecipeKnown, recipeOf } from './segments';
import { purposeOf } from './tunes';
import type { Purpose, TuningChoice } from './tuning';
import { isApplied } from '../tokenizer/tokenizer';

type Run = Pick<RunRecord, 'model' | 'segments' | 'origin' | 'parent' | 'step' | 'trainable' | 'old' | 'objective'> & {
  tokenizer: Pick<RunRecord['tokenizer'], 'kind'>;
};
/** Settings of the Model page, or, for a tuning run, of the Tune page. */
type Draft = Pick<Project, 'model' | 'recipe' | 'rateByHand' | 'tokenizerChoice' | 'split'> | Pick<Project, 'tuning'>;

/**
 * Project settings that reproduce this run. Settings that are unknown for the run stay unchanged, and so does
 * activation recomputation, which belongs to the device.
 */
export function draftOf(run: Run, project: Project): Draft {
  const purpose = purposeOf(run);
  if (purpose) return { tuning: tuningOf(run, purpose, project.tuning) };
  const { id, vocabulary } = run.model;
  const { classes: _, ...config } = run.model.config; // labels belong to Tune
  const { kind } = run.tokenizer;
  const { facts } = dataOf(run);
  const { tokenizer, tokenizerChoice } = project;
  const hasSameTokenizer = tokenizer?.model.kind === kind && tokenizer.size === vocabulary;
  const requestedVocabulary =
    hasSameTokenizer && tokenizerChoice.kind === kind ? tokenizerChoice.vocabulary : vocabulary;
  return {
    model: { ...ofArchitecture(project.model, id, vocabulary), config, byHand: [] },
    ...(isRecipeKnown(run)
      ? { recipe: { ...recipeOf(run), replay: 0, recompute: project.recipe.recompute }, rateByHand: true }
      : { recipe: project.recipe, rateByHand: project.rateByHand }),
    // An imported tokenizer belongs to the run alone.
    tokenizerChoice: isApplied(kind)
      ? tokenizerChoice
      : { kind, vocabulary: kind === 'bpe' ? requestedVocabulary : tokenizerChoice.vocabulary },
    split: facts && isAllowedSplit(facts.split) ? withoutRule(facts.split) : project.split,
  };
}

/** Settings of a tuning. Its short schedule, batch and rate don't suit pretraining. */
function tuningOf(
  { trainable, parent, ...run }: Run,
  purpose: Purpose,
  { classify, ...tuning }: TuningChoice,
): TuningChoice {
  const runSettings = { recipe: recipeOf(run), rateByHand: true };
  const isClassifier = purpose === 'classify';
  return {
    ...tuning,
    purpose,
    ...(parent?.how === 'fine-tune' && { base: { runId: parent.runId, step: parent.step } }),
    ...(!trainable && { learns: 'all' }),
    ...(trainable?.adapter && {
      learns: 'adapter',
      adapter: { id: trainable.adapter.id, settings: trainable.adapter.settings },
    }),
    ...(!isClassifier && runSettings),
    classify: isClassifier ? { ...classify, ...runSettings } : classify,
  };
}

/** Whether a project accepts these shares; runs of the terminal may hold out nothing, or more. */
const isAllowedSplit = ({ validation, test }: Split): boolean => validation > 0 && validation <= 0.5 && test <= 0.5;
const withoutRule = ({ validation, test, seed }: Split): SplitChoice => ({ validation, test, seed });
