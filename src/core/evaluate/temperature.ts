/** Temperature scaling: calibrates a classifier's confidence to its accuracy. */
import { likeliest } from '../base/likeliest';
import { stream } from '../base/rng';

/** A classifier's logits for a text, [labels], and the indices of the expected labels. */
export interface Scored {
  scores: ArrayLike<number>;
  wanted: readonly number[];
}

/** -ln of the probability of the expected label, in nats; the mean over all labels for multilabel classifiers. */
export function natsOf({ scores, wanted }: Scored, several: boolean, temperature = 1): number {
  // Equal to probabilitiesOf bit for bit, but without allocating: runs about fifty times for each text.
  const count = scores.length;
  if (several) {
    let sum = 0;
    for (let label = 0; label < count; label++) {
      const p = 1 / (1 + Math.exp(-(scores[label]! / temperature)));
      sum += -Math.log(Math.max(Number.MIN_VALUE, wanted.includes(label) ? p : 1 - p));
    }
    return sum / count;
  }
  let max = -Infinity;
  for (let label = 0; label < count; label++) max = Math.max(max, scores[label]! / temperature);
  let sum = 0;
  for (let label = 0; label < count; label++) sum += Math.exp(scores[label]! / temperature - max);
  return -Math.log(Math.max(Number.MIN_VALUE, Math.exp(scores[wanted[0]!]! / temperature - max) / sum));
}

/**
 * Temperature that minimizes the loss, by golden-section search over its logarithm, where the loss has one minimum. 1
 * if texts are too few, or all are right, so that none could be overconfident. Yields between evaluations of the loss.
 * Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599
 */
export function* fittedTemperature(texts: readonly Scored[], several: boolean): Generator<void, number> {
  if (texts.length < MIN_TEXTS || texts.every((text) => isRight(text, several))) return 1;
  function* loss(power: number): Generator<void, number> {
    const temperature = Math.exp(power);
    let [sum, seen] = [0, 0];
    for (const text of texts) {
      sum += natsOf(text, several, temperature);
      seen += text.scores.length;
      if (seen < AT_ONCE) continue;
      seen = 0;
      yield;
    }
    return sum;
  }
  const share = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(COLDEST), Math.log(HOTTEST)];
  let [a, b] = [high - share * (high - low), low + share * (high - low)];
  let [atA, atB] = [yield* loss(a), yield* loss(b)];
  while (high - low > 1e-4) {
    yield;
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - share * (high - low);
      atA = yield* loss(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + share * (high - low);
      atB = yield* loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}

function isRight({ scores, wanted }: Scored, several: boolean): boolean {
  if (several) return Array.from(scores).every((score, label) => score > 0 === wanted.includes(label));
  return likeliest(scores) === wanted[0];
}
/** Number of logits whose likelihoods take a few ms. */
const AT_ONCE = 100_000;
/** Minimum number of texts to fit a temperature. */
export const MIN_TEXTS = 20;
/** Bounds: the optimum approaches 0 for a model that is hardly ever wrong, and infinity for one that knows nothing. */
const [COLDEST, HOTTEST] = [0.2, 20];

/** Cross-fitted temperatures: each text's is fitted on the half without it. */
export function* crossFitted(texts: readonly Scored[], several: boolean): Generator<void, readonly number[]> {
  const draw = stream(0, 'halves', 0);
  // Random halves, because texts of one label may follow a pattern.
  const halfOf = texts.map((_, i) => draw(i) & 1);
  const fitted = (half: number) =>
    fittedTemperature(
      texts.filter((_, i) => halfOf[i] === half),
      several,
    );
  const halves = [yield* fitted(0), yield* fitted(1)] as const;
  return halfOf.map((half) => halves[1 - half]!);
}
