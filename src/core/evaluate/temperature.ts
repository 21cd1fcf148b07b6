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
  function* loss(logTemperature: number): Generator<void, number> {
    const temperature = Math.exp(logTemperature);
    let [sum, logitsRead] = [0, 0];
    for (const text of texts) {
      sum += natsOf(text, several, temperature);
      logitsRead += text.scores.length;
      if (logitsRead < LOGITS_PER_TURN) continue;
      logitsRead = 0;
      yield;
    }
    return sum;
  }
  const goldenRatio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(MIN_TEMPERATURE), Math.log(MAX_TEMPERATURE)];
  let [a, b] = [high - goldenRatio * (high - low), low + goldenRatio * (high - low)];
  let [lossA, lossB] = [yield* loss(a), yield* loss(b)];
  while (high - low > 1e-4) {
    yield;
    if (lossA < lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - goldenRatio * (high - low);
      lossA = yield* loss(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + goldenRatio * (high - low);
      lossB = yield* loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}

function isRight({ scores, wanted }: Scored, several: boolean): boolean {
  if (several) return Array.from(scores).every((score, label) => score > 0 === wanted.includes(label));
  return likeliest(scores) === wanted[0];
}
/** Number of logits whose likelihoods take a few ms. */
const LOGITS_PER_TURN = 100_000;
/** Minimum number of texts to fit a temperature. */
export const MIN_TEXTS = 20;
/** Bounds: the optimum approaches 0 for a model that is hardly ever wrong, and infinity for one that knows nothing. */
const [MIN_TEMPERATURE, MAX_TEMPERATURE] = [0.2, 20];

/** Cross-fitted temperatures: each text's is fitted on the half without it. */
export function* crossFittedTemperatures(
  texts: readonly Scored[],
  several: boolean,
): Generator<void, readonly number[]> {
  const draw = stream(0, 'halves', 0);
  // Random halves, because texts of one label may follow a pattern.
  const halfOf = texts.map((_, i) => draw(i) & 1);
  const fitHalf = (half: number) =>
    fittedTemperature(
      texts.filter((_, i) => halfOf[i] === half),
      several,
    );
  const halves = [yield* fitHalf(0), yield* fitHalf(1)] as const;
  return halfOf.map((half) => halves[1 - half]!);
}
