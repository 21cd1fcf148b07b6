/** How long work other than training takes: an evaluation of a text, and building tokens. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { evaluatedAs, type ObjectiveId } from '../objectives';
import { costOf, forwardSeconds, type PlanDevice } from './pace';

/** What an evaluation does. */
export interface EvaluationWork {
  /** Of the model. */
  objective: ObjectiveId;
  /** Tokens of the evaluated text. */
  tokens: number;
  /** Tokens that a causal model writes. */
  written: number;
  /** Training tokens that n-gram models count first; 0 if their scores are stored. */
  counted?: number;
  /** The text is read twice more, in windows that overlap by half. */
  isStrided?: boolean;
}

/**
 * Seconds of an evaluation: forward passes over windows as long as the context, scores of every vocabulary entry for every token,
 * texts that a causal model writes, n-gram models and intervals.
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
/** Windows that a pass reads. */
const ROWS = 8;
/** Share of tokens that are masked. */
const MASKED = 0.15;
/** Seconds on the processor: softmax and rank for one vocabulary entry, n-gram counts for one token, the rest of an evaluation. */
const [SCORE, COUNT, REST] = [25e-9, 0.5e-6, 1];

/** How much slower this machine's processor is than the one the seconds above are of; 1 on a GPU, whose rate says nothing of it. */
const slowProcessor = ({ kind, gigaflops }: PlanDevice): number =>
  kind === 'webgpu' ? 1 : Math.max(1, USUAL_GIGAFLOPS / gigaflops);
const USUAL_GIGAFLOPS = 40;

/** Characters per second from a text to its data, on a processor of 2024, until this machine has built some. */
const BUILD_RATE = 1.2e6;

/** Seconds until a text is tokens: a tokenizer is trained, the text cut and counted. @param rate characters per second here */
export const buildSeconds = (characters: number, rate = BUILD_RATE): number => characters / rate;
