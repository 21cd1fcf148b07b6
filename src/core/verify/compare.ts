import type { Job } from '../base/job';
import type { Bound } from './check';
import { likeliest } from '../base/likeliest';
import type { Reference } from './reference';
import { refusal } from './refusal';

/** Another implementation, with a file of ours open in it. */
export interface SecondEngine {
  /** Who it is, as in "opened by llama.cpp". */
  name: string;
  /** Of every token as the next one after `ids`, but for what is common to all; [vocabulary] */
  scores(ids: readonly number[], how?: Reading): Promise<Float32Array>;
}

/** For models other than causal ones. */
export interface Reading {
  /** Of an encoder: place of the predicted token among `ids`, all of them inputs. */
  at?: number;
  /** Of an encoder-decoder: the text that `ids` is an answer to. */
  source?: readonly number[];
}

export interface Figures {
  engine: string;
  text: Reference['text'];
  /** Distributions compared. */
  places: number;
  /** The largest difference of a logarithm of a probability, which is that of the logits but for a constant. */
  difference: number;
  /** The largest total variation distance of two distributions, 0 to 1. */
  variation: number;
  /** Greedy tokens compared, and how many of them are equal. */
  tokens: number;
  equal: number;
  /** Of those that differ: where ours is so little ahead that the format's bound leaves it open. */
  ties: number;
  bound: Bound;
}

/** Within the bound, and no token differs but where the bound leaves it open. */
export const matches = ({ bound, tokens, equal, ties, ...figures }: Figures): boolean =>
  figures[bound.of] <= bound.most && equal + ties === tokens;

/**
 * Asks the engine for what `ours` has. Greedy tokens are asked for after our own: where all are equal, it would have
 * written the same by itself.
 * @throws HomegrownError `bad-file` when it gives no number
 */
export async function compare(ours: Reference, engine: SecondEngine, bound: Bound, job: Job): Promise<Figures> {
  const { ids, lengths, prompt, greedy, source } = ours;
  const vocabulary = ours.scores.length / lengths.length;
  const of = lengths.length + greedy.length;
  let done = 0;
  const theirsAfter = async (read: readonly number[], at?: number): Promise<Float64Array> => {
    job.signal.throwIfAborted();
    job.report({ label: 'Checking in a second engine', done: done++, of, unit: 'tokens' });
    const scores = await engine.scores(read, { ...(at !== undefined && { at }), ...(source && { source }) });
    if (scores.length !== vocabulary)
      throw refusal(`${engine.name} gives ${scores.length} scores instead of ${vocabulary}`);
    return logProbabilities(scores);
  };
  const row = (scores: Float32Array, i: number): Float32Array => scores.subarray(i * vocabulary, (i + 1) * vocabulary);

  let [difference, variation] = [0, 0];
  for (const [i, length] of lengths.entries()) {
    const theirs = await (ours.isBothWays ? theirsAfter(ids, length - 1) : theirsAfter(ids.slice(0, length)));
    const apart = distances(logProbabilities(row(ours.scores, i)), theirs);
    difference = Math.max(difference, apart.difference);
    variation = Math.max(variation, apart.variation);
  }
  let [equal, ties] = [0, 0];
  for (const [i, token] of greedy.entries()) {
    const theirs = await theirsAfter([...ids.slice(0, prompt), ...greedy.slice(0, i)]);
    const other = likeliest(Float32Array.from(theirs));
    if (other === token) equal++;
    else if (lead(logProbabilities(row(ours.greedyScores, i)), token, other, bound) < bound.most) ties++;
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

/** By how much one token is ahead of another, in what the bound is of. */
function lead(logs: Float64Array, one: number, other: number, { of }: Bound): number {
  const [a, b] = [logs[one]!, logs[other]!];
  return of === 'difference' ? a - b : Math.exp(a) - Math.exp(b);
}

function distances(ours: Float64Array, theirs: Float64Array): { difference: number; variation: number } {
  let [difference, sum] = [0, 0];
  for (let id = 0; id < ours.length; id++) {
    // Not a number is as far as can be.
    const apart = Math.abs(ours[id]! - theirs[id]!);
    difference = apart <= difference ? difference : Number.isNaN(apart) ? Infinity : apart;
    sum += Math.abs(Math.exp(ours[id]!) - Math.exp(theirs[id]!));
  }
  return { difference, variation: sum / 2 };
}

/** log softmax, but nothing below e^-80: engines that give probabilities in 32 bits lose what is smaller. */
function logProbabilities(scores: Float32Array): Float64Array {
  let highest = -Infinity;
  for (const score of scores) if (score > highest) highest = score;
  let total = 0;
  for (const score of scores) total += Math.exp(score - highest);
  const log = Math.log(total) + highest;
  return Float64Array.from(scores, (score) => Math.max(score - log, LOWEST));
}
const LOWEST = -80;
