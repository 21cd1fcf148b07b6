/** What a model predicts at one place: loss and rank of the true token, entropy, and the most probable tokens. */
import { softmaxSum } from '../sample/sampleToken';
import { highestOf } from './highestOf';

export interface Prediction {
  /** -ln of the probability of the true token, in nats; absent without a true token. */
  loss?: number;
  /** 1 if no token has a higher score than the true one. */
  rank?: number;
  /** Of the distribution, in nats. */
  entropy: number;
  /** Most probable tokens, best first. */
  alternatives: readonly Alternative[];
}
export interface Alternative {
  id: number;
  probability: number;
}

/**
 * logits [vocabulary]
 * @param count number of alternatives
 * @throws HomegrownError `diverged` if a score isn't finite
 */
export function predictionOf(logits: Float32Array, expected: number | undefined, count: number): Prediction {
  const { highest, total } = softmaxSum(logits);
  let weighted = 0;
  for (const logit of logits) weighted += Math.exp(logit - highest) * (logit - highest);
  const entropy = Math.log(total) - weighted / total;
  const alternatives = highestOf(logits, count).map((id) => ({
    id,
    probability: Math.exp(logits[id]! - highest) / total,
  }));
  if (expected === undefined) return { entropy, alternatives };
  const own = logits[expected]!;
  const rank = 1 + logits.reduce((higher, logit) => higher + (logit > own ? 1 : 0), 0);
  return { loss: highest + Math.log(total) - own, rank, entropy, alternatives };
}
