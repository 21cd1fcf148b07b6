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
  /** Whether the text is also read in half-overlapping windows: three times the tokens in total. */
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
  const task = evaluatedAs(objective, { id, config });
  const cost = costOf(modelSpec(id), config, vocabulary);
  const tokensRead = (isStrided ? 3 : 1) * tokens;
  const slowdown = processorSlowdown(device);
  // Only causal models generate texts in an evaluation.
  const generated = task === 'nextTokens' ? written : 0;
  const scored = task === 'labels' ? 0 : tokensRead * (task === 'maskedTokens' ? MASKED_SHARE : 1) * vocabulary;
  const passes = Math.ceil(tokensRead / (WINDOWS_PER_PASS * config.context));
  return (
    forwardSeconds(cost, device, tokensRead, passes) +
    forwardSeconds(cost, device, generated, slowdown * generated) +
    slowdown * (device.slowness ?? 1) * (scored * SECONDS_PER_SCORE + counted * SECONDS_PER_COUNT) +
    slowdown * OTHER_SECONDS
  );
}
/** Windows per forward pass. */
const WINDOWS_PER_PASS = 8;
/** Share of tokens that are masked. */
const MASKED_SHARE = 0.15;
/** Seconds of the reference processor: softmax and rank per vocabulary entry, n-gram counts per token, other work. */
const SECONDS_PER_SCORE = 25e-9;
const SECONDS_PER_COUNT = 0.5e-6;
const OTHER_SECONDS = 1;

/** Slowdown against the reference processor; 1 next to a GPU, whose rate doesn't show it. */
const processorSlowdown = ({ kind, gigaflops }: PlanDevice): number =>
  kind === 'webgpu' ? 1 : Math.max(1, REFERENCE_GIGAFLOPS / gigaflops);
/** GFLOP/s of matrix products on the reference processor. */
const REFERENCE_GIGAFLOPS = 40;

/** Default rate of building data, in characters per second, on a processor of 2024. */
const BUILD_RATE = 1.2e6;

/** Seconds to train a tokenizer, and to encode and count a text. @param rate measured characters per second */
export const buildSeconds = (characters: number, rate = BUILD_RATE): number => characters / rate;
