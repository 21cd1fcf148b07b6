/** What a run will cost, before it starts. */
import type { Trainable } from '../core/adapters/trainable';
import { costOf, expectedPace, secondsOf } from '../core/plan/pace';
import { measuredVocabulary, type TextProfile } from '../core/plan/profile';
import { type MemoryLimits, memoryPlan, type MemoryPlan } from '../core/train/memory';
import { atLastChanged, problems, type Problem } from '../core/train/problems';
import { DEFAULT_RECIPE, fieldsOf, tokensPerStep, type Recipe, type RecipeField } from '../core/train/recipe';
import { recomputation, type Recomputation } from '../core/train/recomputation';
import type { ModelChoice } from '../core/train/run';
import { fittedTo } from '../core/train/shortText';
import { flopsPerToken } from '../core/train/work';
import { modelSpec } from '../core/models';
import { rolesOf } from '../core/objectives';
import { optimizerOf, type OptimizerId } from '../core/optim';
import { countParams, sizeOf, type BaseConfig, type ModelSpec } from '../core/models/spec';
import { trainingSize } from '../core/documents/record';
import type { DeviceInfo } from '../protocol/gpu';
import { dataState } from './preparation';
import type { Project, TokenizerChoice } from '../core/runs/project';
import type { Studio } from './slices/studio';

export interface Estimate {
  parameters: number;
  /** Weights by group, in the order of the table. */
  groups: readonly { name: string; parameters: number }[];
  memory: MemoryPlan;
  tokensPerStep: number;
  /** Of floating point: forward and backward; recomputing, a third more. */
  flopsPerStep: number;
  /** Undefined until the device has been measured. */
  seconds: number | undefined;
}

export function estimate<C extends BaseConfig>(
  spec: ModelSpec<C>,
  config: C,
  vocabulary: number,
  recipe: Recipe,
  device: DeviceInfo | undefined,
): Estimate {
  const table = spec.params(config, vocabulary);
  const parameters = countParams(table);
  const groups = new Map<string, number>();
  for (const { group, shape } of Object.values(table)) groups.set(group, (groups.get(group) ?? 0) + sizeOf(shape));

  const tokens = tokensPerStep(recipe, config.context);
  const flopsForward = tokens * spec.flops(config, vocabulary);
  const cost = costOf(spec, config, vocabulary, recipe.optimizer);
  const flopsPerStep = (recipe.recompute ? 4 : 3) * flopsForward + cost.update;
  return {
    parameters,
    groups: [...groups].map(([name, n]) => ({ name, parameters: n })),
    memory: memoryPlan(spec, config, vocabulary, recipe),
    tokensPerStep: tokens,
    flopsPerStep,
    seconds: device && secondsOf(expectedPace(cost, config.context, recipe, device), recipe),
  };
}

/**
 * Speed of training as a share of the device's measured matrix rate, at most 1. Operations are counted by the usual formula,
 * which counts all of causal attention, and the rate is that of one shape, so the quotient may exceed 1. Recomputing is no work.
 */
export function shareOfRate(
  { model, trainable }: { model: ModelChoice; trainable?: Trainable | undefined },
  tokensPerSecond: number,
  { gigaflops }: Pick<DeviceInfo, 'gigaflops'>,
): number {
  return Math.min(1, (tokensPerSecond * flopsPerToken(model, trainable)) / (gigaflops * 1e9));
}

/** Entries of the vocabulary: as trained, or as asked for. */
export function vocabularySize({ tokenizer, tokenizerChoice: { kind, vocabulary }, recipe }: Project): number {
  if (tokenizer?.model.kind === kind) return tokenizer.size;
  return kind === 'bpe' ? vocabulary : BYTE_ENTRIES + rolesOf(recipe.objective).length;
}
/** Of a tokenizer that is yet to be made, for which no special tokens are asked; characters are not known before. */
export const askedSize = ({ kind, vocabulary }: TokenizerChoice): number =>
  kind === 'bpe' ? vocabulary : BYTE_ENTRIES;
/** 256 bytes and the end of a text. */
const BYTE_ENTRIES = 257;

/** The model that the project's settings make. */
export const modelOf = (project: Project): ModelChoice => ({
  id: project.model.id,
  config: project.model.config,
  vocabulary: vocabularySize(project),
});

/** The learning rate that the project's model usually bears with an optimizer. */
export function usualRate(project: Project, optimizer: OptimizerId): number {
  const { id, config, vocabulary } = modelOf(project);
  return optimizerOf(optimizer).usualRate(countParams(modelSpec(id).params(config, vocabulary)));
}

/** Default recipe of an objective, with a prompt. */
export const usualRecipe = ({ recipe: { objective, recompute, samplePrompt } }: Project): Recipe => ({
  ...DEFAULT_RECIPE,
  objective,
  recompute,
  samplePrompt,
});

/** Settings of the recipe that are other than usual. */
export const changedFromUsual = (project: Project): readonly RecipeField[] => {
  const usual = usualRecipe(project);
  return (Object.keys(fieldsOf(project.recipe)) as RecipeField[]).filter(
    (name) => project.recipe[name] !== usual[name],
  );
};

/** Whether the project's run would recompute on a device with these limits. */
export const recomputationOf = (project: Project, limits: MemoryLimits): Recomputation =>
  recomputation(modelOf(project), project.recipe, project.recompute, limits);

/** What a run that is started now is given. */
export const recipeOf = (project: Project, limits: MemoryLimits): Recipe => ({
  ...project.recipe,
  recompute: recomputationOf(project, limits).isOn,
});

/** The estimate for the project as it is set. */
export function estimateProject(project: Project, device: DeviceInfo | undefined): Estimate {
  const { id, config, vocabulary } = modelOf(project);
  return estimate(modelSpec(id), config, vocabulary, recipeOf(project, device?.limits ?? {}), device);
}

export interface TextSize {
  /** Tokens to learn from, and held out. */
  train: number;
  validation: number;
  /** To learn from; unknown of data that an older build made. */
  documents?: number | undefined;
  /** Counted in the data, not guessed from the characters. */
  isCounted: boolean;
}

/** How much there is to learn from; undefined without any text. @param profile what a plan has read of the texts */
export function textSize(
  { project, texts }: Pick<Studio, 'project' | 'texts'>,
  profile?: TextProfile,
): TextSize | undefined {
  const { data, tokenizer, tokenizerChoice, split } = project;
  if (texts.length === 0) return undefined;
  if (data && dataState({ project, texts }) === 'done') {
    const { train, validation } = data.manifest.parts;
    return { train: train.tokens, validation: validation.tokens, documents: train.documents, isCounted: true };
  }
  const characters = texts.reduce((n, text) => n + trainingSize(text).characters, 0);
  const measured =
    tokenizerChoice.kind === 'bpe' ? profile && measuredVocabulary(profile, tokenizerChoice.vocabulary) : undefined;
  const tokens =
    tokenizer?.model.kind === tokenizerChoice.kind
      ? characters / tokenizer.bytesPerToken
      : profile && measured
        ? profile.bytes / measured.bytesPerToken
        : characters / USUAL_CHARACTERS[tokenizerChoice.kind];
  const { validation, test } = split;
  const trainShare = 1 - validation - test;
  const documents = trainShare * texts.reduce((n, text) => n + trainingSize(text).documents, 0);
  return { train: tokens * trainShare, validation: tokens * validation, documents, isCounted: false };
}
/** Characters a token, before a tokenizer has been trained. */
export const USUAL_CHARACTERS: Record<TokenizerChoice['kind'], number> = { bpe: 3, characters: 1, bytes: 1 };

/**
 * Why a run with these settings cannot start; empty when it can. Text that is not counted yet is taken to be enough, and so
 * is a device that is not open yet.
 */
export function startProblems({
  project,
  texts,
  device,
}: Pick<Studio, 'project' | 'texts' | 'device'>): readonly Problem[] {
  const text = textSize({ project, texts });
  const tokens = text?.isCounted ? text : { train: Infinity, validation: Infinity };
  const limits = limitsOf({ device });
  const model = fittedTo(modelOf(project), project.recipe, tokens.train);
  return atLastChanged(problems(model, recipeOf(project, limits), tokens, limits), project.model.byHand);
}

/** What the device in use can hold; nothing is known of one that is not open. */
export const limitsOf = ({ device }: Pick<Studio, 'device'>): MemoryLimits =>
  (device.kind === 'open' && device.info.limits) || {};

/** What a step costs the device depends on these alone. */
export const settingsOf = (model: ModelChoice, { batch, accumulate, recompute, optimizer }: Recipe): string =>
  JSON.stringify([model, batch, accumulate, recompute, optimizer]);
