/** Expected quality of a run, by a scaling law with constants fitted to recorded runs (decisions 50 and 136). */
import type { ModelId } from '../models';
import type { ObjectiveId } from '../objectives';
import type { OptimizerId } from '../optim';
import { CONSTANTS } from './constants';

/** A value and its 80 % interval. */
export interface Band {
  value: number;
  low: number;
  high: number;
}

/** Kinds of recorded runs: an architecture and its pretraining objective. */
export const QUALITY_KINDS = {
  gpt: 'causal',
  llama: 'causal',
  bert: 'masked',
  t5: 'spanCorruption',
} as const satisfies Partial<Record<ModelId, ObjectiveId>>;
export type QualityKind = keyof typeof QUALITY_KINDS;

/** Largest repeated share that the scaling law covers: runs on more repetitive texts ended 30 % above and below it. */
export const MAX_REPEATED = 0.3;

/** Recorded learning rates lie within this factor of the best one. */
const MAX_RATE_FACTOR = 4;

/** Minimum number of training tokens in recorded runs. */
export const MIN_TOKENS = 20_000;

/** Whether recorded runs are like this one in optimizer, learning rate, length and repetition of the text. */
export function isCovered(run: Circumstances, optimizer: OptimizerId): boolean {
  const { kind, repeated, learningRate, perStep, steps } = run;
  const logRatio = Math.abs(Math.log(learningRate / bestRate(kind, perStep, CONSTANTS)));
  const isRecordedRange = logRatio <= Math.log(MAX_RATE_FACTOR) && perStep * steps >= MIN_TOKENS;
  return optimizer === 'adamw' && isRecordedRange && repeated <= MAX_REPEATED;
}

/** @returns undefined if no recorded run has this architecture and objective */
export function qualityKindOf(model: ModelId, objective: ObjectiveId): QualityKind | undefined {
  return isQualityKind(model) && QUALITY_KINDS[model] === objective ? model : undefined;
}

/** Whether runs of the architecture were recorded. */
export const isQualityKind = (model: ModelId): model is QualityKind => Object.hasOwn(QUALITY_KINDS, model);

/** Properties of a run that determine its expected quality. */
export interface Circumstances {
  kind: QualityKind;
  /** Number of tokens in the vocabulary. */
  vocabulary: number;
  /** Share of validation tokens that the training text also has after the same four tokens, 0 to 1. */
  repeated: number;
  /** Weights in the layers' matrices, without embeddings. */
  parameters: number;
  /** Training tokens of one epoch. */
  unique: number;
  /** Tokens per update. */
  perStep: number;
  steps: number;
  /** Peak learning rate. */
  learningRate: number;
  dropout: number;
}

/** Constants of one architecture, relative to GPT's. */
interface KindConstants {
  /** Effective number of tokens per token. */
  tokens: number;
  /** Best learning rate. */
  rate: number;
  floor: number;
}

export interface Constants {
  /** Irreducible share of the unigram loss. */
  floor: number;
  /** Share due to a limited number of parameters. */
  sizeShare: number;
  sizePower: number;
  /** Share due to a limited number of tokens. */
  tokenShare: number;
  tokenPower: number;
  vocabularyPower: number;
  /** Effect of the repeated share on the remaining loss. */
  repetition: number;
  /** Tokens read until the model has learned half of the repetition. */
  copied: number;
  /** Scale of the number of epochs after which another one teaches little. */
  repeats: number;
  /** Tokens per update above which each token counts for less, in a run of a million tokens. */
  batch: number;
  /** Best peak learning rate at 512 tokens per update, and the cost of another rate, by the squared log ratio. */
  rate: number;
  rateShare: number;
  /** Cost of dropout, by its probability. */
  dropoutShare: number;
  kinds: Readonly<Record<QualityKind, KindConstants>>;
  /** Standard deviation of the log ratio of measured to expected loss, on an unseen text that never repeats. */
  spread: number;
  /** Noise of a curve: at a share p of the steps, its log loss deviates from its end by noise · exp(-decay · p). */
  curve: { noise: number; decay: number };
}

/**
 * Share of a unigram model's loss that remains at the best evaluation. Chinchilla's form (Hoffmann et al. 2022,
 * arXiv:2203.15556); repeated tokens count for less (Muennighoff et al. 2023, arXiv:2305.16264), as do tokens of large
 * updates (Zhang et al. 2024, arXiv:2410.21676); a larger vocabulary needs more (Tao et al. 2024, arXiv:2407.13623).
 */
export function remainingShare(run: Circumstances, c: Constants): number {
  const { vocabulary, repeated, parameters, unique, perStep, steps, learningRate, dropout } = run;
  const kind = c.kinds[run.kind];
  const tokensRead = perStep * steps;
  const repeatedEpochs = Math.max(0, tokensRead / unique - 1);
  const freshTokens =
    tokensRead <= unique ? tokensRead : unique * (1 + c.repeats * (1 - Math.exp(-repeatedEpochs / c.repeats)));
  const effectiveTokens = (kind.tokens * freshTokens) / (1 + perStep / (c.batch * Math.sqrt(tokensRead / 1e6)));
  const limited =
    c.sizeShare * (parameters / 1e5) ** -c.sizePower + c.tokenShare * (effectiveTokens / 1e5) ** -c.tokenPower;
  const logRatio = Math.log(learningRate / bestRate(run.kind, perStep, c));
  const share =
    kind.floor * c.floor +
    limited * (vocabulary / 4096) ** c.vocabularyPower +
    c.rateShare * logRatio ** 2 +
    c.dropoutShare * dropout;
  // Models learn to copy repeated text rather suddenly, after some ten thousand tokens.
  const copiedShare = 1 / (1 + (c.copied / tokensRead) ** 2);
  return cappedAtOne(share * Math.exp(-c.repetition * repeated * copiedShare));
}

/** Smooth minimum of a share and 1: early in training, a model is as good as a unigram model. */
const cappedAtOne = (share: number): number =>
  -Math.log(Math.exp(-SHARPNESS * share) + Math.exp(-SHARPNESS)) / SHARPNESS;
const SHARPNESS = 12;

/**
 * Expected loss on the validation set at the best evaluation of a run.
 * @param unigramLoss of a unigram model on the validation set, in any unit that is a multiple of nats per token
 * @returns in the same unit
 */
export function expectedLoss(run: Circumstances, unigramLoss: number): Band {
  return bandAround(unigramLoss * expectedShare(run), deviationOf(run));
}
export const expectedShare = (run: Circumstances): number => remainingShare(run, CONSTANTS);
/** Standard deviation of the logarithm of the loss. */
export const deviationOf = (run: Circumstances): number =>
  CONSTANTS.spread * spreadOfRepetition(run) * beyondRecorded(run);
/** Factor of the spread for repetitive texts: of 111 runs, those on logs and mail deviate up to four times as far. */
export const spreadOfRepetition = ({ repeated }: Pick<Circumstances, 'repeated'>): number => 1 + 4 * repeated;
/** Noise of a run's own curve. */
export const FORECAST = CONSTANTS.curve;

/** @param deviation standard deviation of the logarithm */
export function bandAround(value: number, deviation: number): Band {
  const width = Math.exp(EIGHTY_PERCENT * deviation);
  return { value, low: value / width, high: value * width };
}
/** Half-width of the central 80 % of a normal distribution, in standard deviations. */
const EIGHTY_PERCENT = 1.2816;

/** Widens the band beyond the largest or longest recorded run, by half per factor of 10. A judgment, not measured. */
const beyondRecorded = ({ parameters, perStep, steps }: Circumstances): number =>
  1 +
  [parameters / MAX_PARAMETERS, (perStep * steps) / MAX_TOKENS].reduce(
    (sum, x) => sum + Math.max(0, Math.log10(x)) / 2,
    0,
  );
const MAX_PARAMETERS = 6e5;
const MAX_TOKENS = 1.7e6;

/**
 * Peak learning rate for AdamW.
 * @param usualRate of the optimizer at this size: larger models than those recorded need lower rates
 */
export const peakRate = (kind: QualityKind, perStep: number, usualRate: number): number =>
  Number(Math.min(MAX_RATE, 4 * usualRate, bestRate(kind, perStep, CONSTANTS)).toPrecision(2));
/** Highest recorded learning rate. */
const MAX_RATE = 6e-3;

/** Best learning rate, proportional to the root of tokens per update (Malladi et al. 2022, arXiv:2205.10287). */
const bestRate = (kind: QualityKind, perStep: number, { rate, kinds }: Pick<Constants, 'rate' | 'kinds'>): number =>
  rate * kinds[kind].rate * Math.sqrt(perStep / 512);
