/** The plan: settings for the project's texts, the device in use and a time budget. */
import { modelSpec } from '../core/models';
import { coveredQuality, type Expected } from '../core/plan/expected';
import { costOf } from '../core/plan/pace';
import type { Plan } from '../core/plan/plan';
import { measuredVocabulary, type TextProfile } from '../core/plan/profile';
import { textRef } from '../core/documents/record';
import { same } from '../core/runs/mergeFields';
import { initialProject, type Project } from '../core/runs/project';
import { objectiveSettings, tokensPerStep } from '../core/train/recipe';
import { modelOf } from './estimate';
import type { Planned } from './slices/plan';
import type { Studio } from './slices/studio';

/** Time budget of the first click. */
export const FIRST_MINUTES = 3;
/** File of the bundled sample that the first page offers first. */
export const FIRST_SAMPLE = 'moby-dick.txt';

/** Project settings of a plan, with the project's own prompt and seed. */
export function plannedSettings(
  { vocabulary, model, recipe }: Plan,
  project: Project,
  minutes: number,
): Partial<Project> & Pick<Project, 'model'> {
  const { samplePrompt, seed } = project.recipe;
  return {
    plan: { ...project.plan, minutes },
    tokenizerChoice: { kind: vocabulary.kind, vocabulary: vocabulary.size },
    model: { ...project.model, config: model.config, byHand: [] },
    recipe: { ...recipe, ...objectiveSettings(project.recipe), samplePrompt, seed },
    recompute: 'auto',
    rateByHand: false, // another optimizer has another default
  };
}

/** Whether nothing was built with the settings. */
const isUnused = ({ tokenizer, data, runId }: Project): boolean =>
  tokenizer === null && data === null && runId === null;

/** Whether no setting was changed and nothing was built; the prompt comes from the text. */
export function isAsNew(project: Project): boolean {
  const { model, recipe, recompute, tokenizerChoice } = project;
  const initial = initialProject();
  const { samplePrompt } = initial.recipe;
  return (
    isUnused(project) &&
    recompute === initial.recompute &&
    same(model, initial.model) &&
    same({ ...recipe, samplePrompt }, initial.recipe) &&
    same(tokenizerChoice, initial.tokenizerChoice)
  );
}

/** Whether a plan sets everything: all settings are the initial ones or those of the last plan. */
export function followsPlan({ project, planned }: Pick<Studio, 'project' | 'planned'>): boolean {
  if (isAsNew(project)) return true;
  if (!planned || !isUnused(project) || project.model.isEdited) return false;
  const asPlanned = { ...project, ...plannedSettings(planned.plan, project, project.plan.minutes) };
  const settings = ({ model, recipe, recompute, tokenizerChoice }: Project) => [
    model,
    recipe,
    recompute,
    tokenizerChoice,
  ];
  return same(settings(asPlanned), settings(project));
}

/** Expected quality with the project's settings; undefined before a plan read the texts, or if no recorded run is similar. */
export function expectedOf(s: Planning): Expected | undefined {
  const text = profileNow(s);
  if (!text) return undefined;
  const { project } = s;
  const { id, config, vocabulary } = modelOf(project);
  const measured = measuredVocabulary(text, vocabulary);
  if (!measured) return undefined;
  const { recipe } = project;
  const { validation, test } = project.split;
  const run = {
    vocabulary,
    repeated: text.repeated,
    parameters: costOf(modelSpec(id), config, vocabulary).ofLayers,
    unique: (text.bytes / measured.bytesPerToken) * (1 - validation - test),
    perStep: tokensPerStep(recipe, config.context),
    steps: recipe.steps,
    learningRate: recipe.learningRate,
    dropout: recipe.dropout,
  };
  return coveredQuality(id, recipe, run, measured);
}

type Planning = Pick<Studio, 'project' | 'texts' | 'device' | 'planned'>;
/** Plan with text statistics for the project's current state; undefined until it is made. */
const currentPlan = (s: Planning): Planned | undefined =>
  s.planned?.of === planKey(s, s.project.plan.minutes) ? s.planned : undefined;

/** The plan for the project as it is; undefined until it is made. */
export const plannedNow = (s: Planning): Plan | undefined => currentPlan(s)?.plan;

/** The plan's statistics of the current texts; undefined until it has read them. */
export const profileNow = (s: Planning): TextProfile | undefined => currentPlan(s)?.text;

/** Key of all inputs of a plan. */
export const planKey = (
  { project, texts, device }: Pick<Studio, 'project' | 'texts' | 'device'>,
  minutes: number,
): string =>
  JSON.stringify([
    minutes,
    texts.map(textRef),
    project.split,
    project.model.id,
    project.recipe.objective,
    device.kind === 'open' && [device.info.kind, device.info.gigaflops, device.info.slowness, device.info.limits],
  ]);
