/**
 * Beam search. Keeps the likeliest partial answers at each token, and ranks finished ones by length-penalized
 * log-probability, like transformers with `early_stopping=False`.
 * Source: Graves 2012, arXiv:1211.3711; the penalty: Wu et al. 2016, arXiv:1609.08144, section 7.
 */
import { badSettings } from '../base/errors';
import type { Job, Pause } from '../base/job';
import { distribution } from './sampleToken';

export interface BeamSettings {
  /** Partial answers kept at each token; 1 is greedy. */
  beams: number;
  /** Exponent of the length that divides the sum of log-probabilities: 0 favors short answers, 1 takes the mean. */
  lengthPenalty: number;
  /** Maximum tokens of an answer, including the end token. */
  length: number;
}
export interface Beam {
  /** Ids without the start and end tokens. */
  ids: readonly number[];
  /** Length-penalized log-probability in nats; higher is better. */
  score: number;
}

/**
 * Answers, best first: `beams` of them, or fewer. When aborted, returns the best ones so far.
 * @param scores of the next token after each partial answer, [answers, vocabulary]
 * @param end end token
 * @throws HomegrownError `diverged` if a score isn't finite
 */
export async function beamSearch(
  scores: (answers: readonly (readonly number[])[]) => Promise<Float32Array>,
  end: number,
  { beams, lengthPenalty, length: max }: BeamSettings,
  { signal }: Pick<Job, 'signal'>,
  pause: Pause,
): Promise<readonly Beam[]> {
  if (beams < 1 || max < 1) throw badSettings('Beam search needs at least one beam and one token.');
  let running: readonly Beam[] = [{ ids: [], score: 0 }];
  let ended: readonly Beam[] = [];
  for (let length = 1; length <= max && running.length > 0 && !signal.aborted; length++) {
    const next = likeliest(running, await scores(running.map(({ ids }) => ids)), 2 * beams);
    const isOver = ({ token }: Next): boolean => token === end || length === max;
    const judged = next
      .slice(0, beams)
      .filter(isOver)
      .map(({ ids, token, score }) => {
        const whole = token === end ? ids : [...ids, token];
        return { ids: whole, score: score / length ** lengthPenalty };
      });
    ended = [...ended, ...judged].sort((a, b) => b.score - a.score).slice(0, beams);
    running = next
      .filter((one) => !isOver(one))
      .slice(0, beams)
      .map(({ ids, token, score }) => ({ ids: [...ids, token], score }));
    const best = (running[0]?.score ?? -Infinity) / length ** lengthPenalty;
    if (ended.length === beams && best <= ended.at(-1)!.score) break;
    await pause();
  }
  return ended.length > 0 ? ended : running;
}

/** A beam and its next token. `score`: sum of log-probabilities of both, in nats. */
interface Next extends Beam {
  token: number;
}

/** The `max` likeliest continuations of all beams, best first. scores [beams, vocabulary] */
function likeliest(running: readonly Beam[], scores: Float32Array, max: number): readonly Next[] {
  const vocabulary = scores.length / running.length;
  return running
    .flatMap(({ ids, score }, row) => {
      const own = scores.subarray(row * vocabulary, (row + 1) * vocabulary);
      const { order, logProbability } = distribution(own);
      return Array.from(order.subarray(0, max), (token) => ({ ids, token, score: score + logProbability(token) }));
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, max);
}
