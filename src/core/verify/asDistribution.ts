import type { Classes } from '../models/spec';
import type { Reference } from './reference';

/**
 * Logits of a classifier as a distribution, to compare two engines: unchanged if a text has one label. For multilabel
 * classifiers, a common offset matters, so adds a logit of 0.
 */
export const asDistribution = ({ several }: Classes, scores: Float32Array): Float32Array =>
  several ? Float32Array.of(...scores, 0) : scores;

/** Our reference, scaled to compare with a file whose weights include a temperature. */
export const atTemperature = (ours: Reference, temperature: number): Reference =>
  temperature === 1 ? ours : { ...ours, scores: ours.scores.map((score) => score / temperature) };
