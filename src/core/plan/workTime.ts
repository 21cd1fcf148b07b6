/** Estimates the time of an evaluation and of building tokens. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { evaluatedAs, type ObjectiveId } from '../objectives';
import { costOf, forwardSeconds, type PlanDevice } from './pace';

/** Work of an evaluation. */
export interface EvaluationWork {
  /** Training objective of the model. */
  objective: ObjectiveId;
  /** Tokens of the evaluated text. */
  tokens: number;
  /** Tokens that a causal model generates. */
  written: number;
  /** Training tokens that n-gram models count first; 0 if their scores are stored. */
  counted?: number;
  /** Whether the text is also read in windows that overlap by half, which is twice as many tokens again. */
  isStrided?: boolean;
}

/**
 * Seconds of an evaluation: forward passes over windows of the context, scores of every vocabulary entry for every
 * token, generated texts of a causal model, n-gram models and intervals.
 */
export function evaluationSeconds(
  { id, config, vocabulary }: ModelChoice,
  { objective, tokens, written, counted = 0, isStrided = false }: EvaluationWork,
  device: PlanDevice,
): number {
  const as = evaluatedAs(objective, { id, config });
  const cost = costOf(modelSpec(id), config, vocabulary);
  const read = (isStrided ? 3 : 1) * tokens;
  const slow = slowProcessor(device);
  const writing = as === 'nextTokens' ? written : 0;
  const scored = as === 'labels' ? 0 : read * (as === 'maskedTokens' ? MASKED : 1) * vocabulary;
  const passes = Math.ceil(read / (ROWS * config.context));
  return (
    forwardSeconds(cost, device, read, passes) +
    forwardSeconds(cost, device, writing, slow * writing) +
    slow * (device.slowness ?? 1) * (scored * SCORE + counted * COUNT) +
    slow * REST
  );
}
/** Windows per pass. */
const ROWS = 8;
/** Share of tokens that are masked. */
const MASKED = 0.15;
/** Processor seconds: softmax and rank per vocabulary entry, n-gram counts per token, and the remaining work. */
const [SCORE, COUNT, REST] = [25e-9, 0.5e-6, 1];

/** Slowness of this processor compared with the one measured above; 1 on a GPU, whose rate doesn't show it. */
const slowProcessor = ({ kind, gigaflops }: PlanDevice): number =>
  kind === 'webgpu' ? 1 : Math.max(1, USUAL_GIGAFLOPS / gigaflops);
const USUAL_GIGAFLOPS = 40;

/** Default rate of building data, in characters per second, on a processor of 2024. */
const BUILD_RATE = 1.2e6;

/** Seconds to train a tokenizer, and to encode and count a text. @param rate measured characters per second */
export const buildSeconds = (characters: number, rate = BUILD_RATE): number => characters / rate;
