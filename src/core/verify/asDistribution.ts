import type { Classes } from '../models/spec';
import type { Reference } from './reference';

/**
 * Scores of a classifier as a distribution to compare two engines by: unchanged where a text has one label. With several
 * labels a common offset counts too, so adds a score of 0.
 */
export const asDistribution = ({ several }: Classes, scores: Float32Array): Float32Array =>
  several ? Float32Array.of(...scores, 0) : scores;

/** What our engine says, where a temperature is in the weights of what it is held against. */
export const atTemperature = (ours: Reference, temperature: number): Reference =>
  temperature === 1 ? ours : { ...ours, scores: ours.scores.map((score) => score / temperature) };
