/** Chance differences between losses of one run, in nats. */
import type { Mean } from './meanAt';

/** Smallest change to report, 1 % of a perplexity, however small the error is. */
export const MIN_CHANGE = 0.01;
/**
 * Standard deviation of a token's change in loss between evaluations. On Moby Dick, 0.1 to 0.6 for evaluations 0.5 to
 * 10 % of an epoch apart (decision 20).
 */
const TOKEN_DEVIATION = 0.6;
/** Number of evaluations from which the noise is measured. */
const RECENT_EVALUATIONS = 5;
/** Cap on the measured noise: one jump affects most of so few second differences, and would hide itself. */
const MAX_MEASURED_NOISE = 0.2;
/** Median absolute value of a standard normal variable. */
const NORMAL_MEDIAN = 0.6745;

/**
 * Chance difference between two evaluations of one run: the larger of two estimates. Each evaluation reads the same
 * windows, so the first comes from the change of each token's loss, about `TOKEN_DEVIATION`. The second comes from a high learning
 * rate, which shakes the weights: a smooth curve with noise of deviation s has second differences of deviation
 * s sqrt(6), and their median estimates it despite a spike.
 */
export function errorOf(evaluations: readonly { readonly loss: number }[], tokens: number): number {
  const fromSampling = samplingError(tokens);
  const losses = evaluations.slice(-RECENT_EVALUATIONS).map(({ loss }) => loss);
  const secondDifferences = losses
    .slice(2)
    .map((loss, i) => Math.abs(loss - 2 * losses[i + 1]! + losses[i]!))
    .filter(Number.isFinite);
  if (secondDifferences.length < 3) return Math.max(MIN_CHANGE, fromSampling);
  const median = secondDifferences.sort((a, b) => a - b)[Math.floor((secondDifferences.length - 1) / 2)]!;
  const deviation = median / NORMAL_MEDIAN / Math.sqrt(6);
  return Math.max(MIN_CHANGE, fromSampling, Math.min(MAX_MEASURED_NOISE, 2 * Math.SQRT2 * deviation));
}

/** Chance difference from a number of evaluated tokens: two standard errors. */
export const samplingError = (tokens: number): number => (2 * TOKEN_DEVIATION) / Math.sqrt(Math.max(1, tokens));

/** Chance difference between two mean training losses. */
export const errorBetween = (a: Mean, b: Mean): number => MIN_CHANGE + 2 * Math.hypot(a.error, b.error);
