/** Converts scores to probabilities, and those to labels. */
import { EVEN } from '../base/labels';
import { likeliest } from '../base/likeliest';
import type { Classes } from '../models/spec';

/**
 * Most probable label, or with several labels all that are probable enough; none below the threshold.
 * @param probabilities [labels]; all 0 for a text without tokens
 * @param atLeast threshold, 0 to 1; 0: no threshold
 */
export function labelsOf({ labels, several }: Classes, probabilities: ArrayLike<number>, atLeast = 0): string[] {
  if (several) return labels.filter((_, place) => isLikely(probabilities[place]!, atLeast));
  const best = likeliest(probabilities);
  const sure = probabilities[best]!;
  return sure > 0 && sure >= atLeast ? [labels[best]!] : [];
}

/** Decision about one of several labels; without a threshold it must be likelier than not. */
export const isLikely = (probability: number, atLeast: number): boolean =>
  atLeast > 0 ? probability >= atLeast : probability > EVEN;

/** Confidence in the least certain decision about these labels: that the text has one, or that it lacks one. */
export const leastSure = (probabilities: ArrayLike<number>, places: readonly number[]): number =>
  Array.from(probabilities).reduce((min, p, place) => Math.min(min, places.includes(place) ? p : 1 - p), 1);

/** scores [labels] -> probabilities [labels]: softmax if a text has one label, else a sigmoid of each. */
export function probabilitiesOf(scores: ArrayLike<number>, several: boolean, temperature = 1): Float64Array {
  const scaled = Float64Array.from(scores, (score) => score / temperature);
  if (several) return scaled.map((score) => 1 / (1 + Math.exp(-score)));
  const max = scaled.reduce((a, b) => Math.max(a, b));
  const powers = scaled.map((score) => Math.exp(score - max));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
