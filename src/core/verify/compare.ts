import type { Job } from '../base/job';
import type { Bound } from './check';
import { likeliest } from '../base/likeliest';
import type { Reference } from './reference';
import { refusal } from './refusal';

/** Another implementation with an exported file open. */
export interface SecondEngine {
  /** Name, as in "opened by llama.cpp". */
  name: string;
  /** Logits of the token after `ids`, up to a constant offset, [vocabulary]. */
  scores(ids: readonly number[], how?: Reading): Promise<Float32Array>;
}

/** For models other than causal ones. */
export interface Reading {
  /** For an encoder: index of the predicted token in `ids`, which are all inputs. */
  at?: number;
  /** For an encoder-decoder: input that `ids` answers. */
  source?: readonly number[];
}

export interface Figures {
  engine: string;
  text: Reference['text'];
  /** Number of compared distributions. */
  places: number;
  /** Maximum difference of log-probabilities, which equal logits up to a constant. */
  difference: number;
  /** Maximum total variation distance of two distributions, 0 to 1. */
  variation: number;
  /** Number of compared greedy tokens, and how many are equal. */
  tokens: number;
  equal: number;
  /** Number of differing tokens whose lead in our engine is within the format's bound. */
  ties: number;
  bound: Bound;
}

/** Whether the figures are within the bound, and all differing tokens are ties. */
export const matches = ({ bound, tokens, equal, ties, ...figures }: Figures): boolean =>
  figures[bound.of] <= bound.most && equal + ties === tokens;

/**
 * Compares an engine with our reference. Predicts each greedy token after our own tokens: if all are equal, the engine
 * would have generated the same text alone.
 * @throws HomegrownError `bad-file` if the engine gives too few scores, or NaN
 */
export async function compare(ours: Reference, engine: SecondEngine, bound: Bound, job: Job): Promise<Figures> {
  const { ids, lengths, prompt, greedy, source } = ours;
  const vocabulary = ours.scores.length / lengths.length;
  const total = lengths.length + greedy.length;
  let done = 0;
  const theirsAfter = async (tokens: readonly number[], position?: number): Promise<Float64Array> => {
    job.signal.throwIfAborted();
    job.report({ label: 'Checking in a second engine', done: done++, of: total, unit: 'tokens' });
    const scores = await engine.scores(tokens, {
      ...(position !== undefined && { at: position }),
      ...(source && { source }),
    });
    if (scores.length !== vocabulary)
      throw refusal(`${engine.name} gives ${scores.length} scores instead of ${vocabulary}`);
    return logProbabilities(scores);
  };
  const row = (scores: Float32Array, i: number): Float32Array => scores.subarray(i * vocabulary, (i + 1) * vocabulary);

  let [difference, variation] = [0, 0];
  for (const [i, length] of lengths.entries()) {
    const theirs = await (ours.isBothWays ? theirsAfter(ids, length - 1) : theirsAfter(ids.slice(0, length)));
    const distance = distances(logProbabilities(row(ours.scores, i)), theirs);
    difference = Math.max(difference, distance.difference);
    variation = Math.max(variation, distance.variation);
  }
  let [equal, ties] = [0, 0];
  for (const [i, token] of greedy.entries()) {
    const theirs = await theirsAfter([...ids.slice(0, prompt), ...greedy.slice(0, i)]);
    const predicted = likeliest(Float32Array.from(theirs));
    if (predicted === token) equal++;
    else if (lead(logProbabilities(row(ours.greedyScores, i)), token, predicted, bound) < bound.most) ties++;
  }
  if (!Number.isFinite(difference)) throw refusal(`${engine.name} gives a score that is not a number`);
  return {
    engine: engine.name,
    text: ours.text,
    places: lengths.length,
    difference,
    variation,
    tokens: greedy.length,
    equal,
    ties,
    bound,
  };
}

/** Lead of one token over another, in the unit of the bound. */
function lead(logs: Float64Array, token: number, otherToken: number, { of }: Bound): number {
  const [a, b] = [logs[token]!, logs[otherToken]!];
  return of === 'difference' ? a - b : Math.exp(a) - Math.exp(b);
}

function distances(ours: Float64Array, theirs: Float64Array): { difference: number; variation: number } {
  let [difference, sum] = [0, 0];
  for (let id = 0; id < ours.length; id++) {
    // NaN counts as an infinite difference.
    const logDifference = Math.abs(ours[id]! - theirs[id]!);
    difference = logDifference <= difference ? difference : Number.isNaN(logDifference) ? Infinity : logDifference;
    sum += Math.abs(Math.exp(ours[id]!) - Math.exp(theirs[id]!));
  }
  return { difference, variation: sum / 2 };
}

/** Log softmax, at least -80, because engines that give probabilities in 32 bits lose smaller ones. */
function logProbabilities(scores: Float32Array): Float64Array {
  let max = -Infinity;
  for (const score of scores) if (score > max) max = score;
  let total = 0;
  for (const score of scores) total += Math.exp(score - max);
  const logSumExp = Math.log(total) + max;
  return Float64Array.from(scores, (score) => Math.max(score - logSumExp, MIN_LOG_PROBABILITY));
}
const MIN_LOG_PROBABILITY = -80;
