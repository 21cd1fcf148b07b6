/** Estimates the cost of a run before it starts. */
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
import type { OptimizerId } from '../core/optim';
import { defaultLearningRate } from '../core/runs/defaultLearningRate';
import { countParams, sizeOf, type BaseConfig, type ModelSpec } from '../core/models/spec';
import { trainingSize } from '../core/documents/record';
import type { DeviceInfo } from '../protocol/gpu';
import { dataState } from './preparation';
import type { Project, TokenizerChoice } from '../core/runs/project';
import type { Studio } from './slices/studio';

export interface Estimate {
  parameters: number;
  /** Number of weights by group, in table order. */
  groups: readonly { name: string; parameters: number }[];
  memory: MemoryPlan;
  tokensPerStep: number;
  /** Floating-point operations of forward and backward pass; a third more with recomputation. */
  flopsPerStep: number;
  /** Undefined until the device is measured. */
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
 * Training speed as a share of the device's measured matrix rate, at most 1. The usual formula counts all causal
 * attention, and the rate is that of one shape, so the quotient may exceed 1. Recomputed operations don't count.
 */
export function shareOfRate(
  { model, trainable }: { model: ModelChoice; trainable?: Trainable | undefined },
  tokensPerSecond: number,
  { gigaflops }: Pick<DeviceInfo, 'gigaflops'>,
): number {
  return Math.min(1, (tokensPerSecond * flopsPerToken(model, trainable)) / (gigaflops * 1e9));
}

/** Vocabulary size: of the trained tokenizer, else as requested. */
export function vocabularySize({ tokenizer, tokenizerChoice: { kind, vocabulary }, recipe }: Project): number {
  if (tokenizer?.model.kind === kind) return tokenizer.size;
  return kind === 'bpe' ? vocabulary : BYTE_ENTRIES + rolesOf(recipe.objective).length;
}
/** Vocabulary size of an untrained tokenizer without special tokens. Characters are unknown before training. */
export const askedSize = ({ kind, vocabulary }: TokenizerChoice): number =>
  kind === 'bpe' ? vocabulary : BYTE_ENTRIES;
/** 256 bytes and the end-of-text token. */
const BYTE_ENTRIES = 257;

/** The model that the project's settings define. */
export const modelOf = (project: Project): ModelChoice => ({
  id: project.model.id,
  config: project.model.config,
  vocabulary: vocabularySize(project),
});

/** Default learning rate of an optimizer for the size of the project's model. */
export const usualRate = (project: Project, optimizer: OptimizerId): number =>
  defaultLearningRate(modelOf(project), optimizer, 'untuned');

/** Default recipe with the project's objective, recomputation and prompt. */
export const usualRecipe = ({ recipe: { objective, recompute, samplePrompt } }: Project): Recipe => ({
  ...DEFAULT_RECIPE,
  objective,
  recompute,
  samplePrompt,
});

/** Recipe settings that differ from the defaults. */
export const changedFromUsual = (project: Project): readonly RecipeField[] => {
  const usual = usualRecipe(project);
  return (Object.keys(fieldsOf(project.recipe)) as RecipeField[]).filter(
    (name) => project.recipe[name] !== usual[name],
  );
};

/** Whether the project's run would recompute on a device with these limits. */
export const recomputationOf = (project: Project, limits: MemoryLimits): Recomputation =>
  recomputation(modelOf(project), project.recipe, project.recompute, limits);

/** Recipe of a run that starts now. */
export const recipeOf = (project: Project, limits: MemoryLimits): Recipe => ({
  ...project.recipe,
  recompute: recomputationOf(project, limits).isOn,
});

/** Estimate for the project's current settings. */
export function estimateProject(project: Project, device: DeviceInfo | undefined): Estimate {
  const { id, config, vocabulary } = modelOf(project);
  return estimate(modelSpec(id), config, vocabulary, recipeOf(project, device?.limits ?? {}), device);
}

export interface TextSize {
  /** Number of training tokens, and of validation tokens. */
  train: number;
  validation: number;
  /** Number of training documents; unknown for data of an older build. */
  documents?: number | undefined;
  /** Whether the data was counted; else the numbers are estimated from characters. */
  isCounted: boolean;
}

/** Amount of training text; undefined without any text. @param profile the plan's statistics of the texts */
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
/** Characters per token, before a tokenizer is trained. */
export const USUAL_CHARACTERS: Record<TokenizerChoice['kind'], number> = { bpe: 3, characters: 1, bytes: 1 };

/**
 * Why a run with these settings can't start; empty if it can. Uncounted text counts as enough, and so does the memory
 * of a device that isn't open.
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

/** Memory limits of the open device; empty if none is open. */
export const limitsOf = ({ device }: Pick<Studio, 'device'>): MemoryLimits =>
  (device.kind === 'open' && device.info.limits) || {};

/** Key of all settings that the device's cost per step depends on. */
export const settingsOf = (model: ModelChoice, { batch, accumulate, recompute, optimizer }: Recipe): string =>
  JSON.stringify([model, batch, accumulate, recompute, optimizer]);
