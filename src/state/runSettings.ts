/** Settings of a run: those of its record, and before one exists, those of its start. */
import { useMemo } from 'react';
import { counted, formatCount, formatNumber } from '../core/base/units';
import type { Trainable } from '../core/adapters/trainable';
import { modelSpec } from '../core/models';
import { objectiveOf } from '../core/objectives';
import { optimizerOf } from '../core/optim';
import { factsOf } from '../core/runs/facts';
import { recipeOf, type Segments } from '../core/runs/segments';
import { DEFAULT_RECIPE, tokensPerStep, type Recipe } from '../core/train/recipe';
import type { ModelChoice } from '../core/train/run';
import { vocabularySize } from './estimate';
import { shownRun } from './openRun';
import { useStudio } from './react';
import { isActive, type Phase } from './phase';
import { KIND_WORDS } from './preparation';
import type { Project } from '../core/runs/project';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import type { Studio } from './slices/studio';
import type { OpenRun } from './slices/run';

export interface RunSettings {
  model: ModelChoice;
  /** Absent: all weights are trainable. */
  trainable?: Trainable | undefined;
  recipe: Recipe;
  tokenizer: TokenizerModel['kind'];
  /** Training texts, the newest last. */
  segments: Segments;
  tokensPerStep: number;
  /** False for a model imported without facts about its training, until it is trained here. */
  isRecipeKnown: boolean;
}

/** @param select selects the run; by default, the one that Train shows */
export function useRunSettings(select: (s: Studio) => OpenRun = trains): RunSettings {
  const run = useStudio((s) => select(s).record);
  // A record has all settings, so the project isn't needed.
  const project = useStudio((s) => (select(s).record ? null : s.project));
  const active = useStudio((s) => isActive(select(s).phase));
  return useMemo(() => settingsFrom(run, project, active), [run, project, active]);
}

/** Like `useRunSettings`, outside React. */
export const runSettings = ({ record, phase }: OpenRun, project: Project): RunSettings =>
  settingsFrom(record, project, isActive(phase));

function settingsFrom(run: OpenRun['record'], project: Project | null, active: boolean): RunSettings {
  const source = run ? { ...run, tokenizer: run.tokenizer.kind } : begunWith(project!);
  const { model, segments, tokenizer } = source;
  const recipe = recipeOf(source);
  return {
    model,
    trainable: run?.trainable,
    recipe,
    tokenizer,
    segments,
    tokensPerStep: tokensPerStep(recipe, model.config.context),
    isRecipeKnown: !run?.origin || run.step > 0 || active,
  };
}

/** Model and data of a run that starts now. */
function begunWith(project: Project): Pick<RunSettings, 'model' | 'segments' | 'tokenizer'> {
  const { id, config } = project.model;
  const facts = project.data && factsOf(project.data, []);
  return {
    model: { id, config, vocabulary: vocabularySize(project) },
    segments: [{ after: 0, recipe: project.recipe, data: { id: null, facts } }],
    tokenizer: project.tokenizerChoice.kind,
  };
}

/** The run that Train shows. */
export const trains = (s: Studio): OpenRun => shownRun(s, 'train');

/** Number of steps of the whole plan; more than the recipe's if the run is trained longer. */
export const plannedSteps = (phase: Phase, { recipe }: RunSettings): number =>
  'of' in phase && phase.of > 0 ? phase.of : recipe.steps;

/** `GPT, 4 layers of width 192, BPE 2,048, AdamW 0.001, dropout 0.1` */
export function describeSettings({ model, recipe, tokenizer, isRecipeKnown }: RunSettings): string {
  const { layers, width } = model.config;
  return [
    modelSpec(model.id).label,
    `${counted(layers, 'layer')} of width ${formatCount(width)}`,
    `${KIND_WORDS[tokenizer]} ${formatCount(model.vocabulary)}`,
    ...(isRecipeKnown ? recipeWords(recipe) : ['imported, its training settings aren’t recorded']),
  ].join(', ');
}

const recipeWords = (recipe: Recipe): string[] => [
  ...(objectiveOf(recipe.objective) === objectiveOf(DEFAULT_RECIPE.objective)
    ? []
    : [objectiveOf(recipe.objective).label.toLowerCase()]),
  `${optimizerOf(recipe.optimizer).label} ${formatNumber(recipe.learningRate)}`,
  ...(recipe.dropout > 0 ? [`dropout ${formatNumber(recipe.dropout)}`] : []),
  ...(recipe.accumulate > 1 ? [`${formatCount(recipe.accumulate)} micro-batches per update`] : []),
];
