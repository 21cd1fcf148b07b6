import type { Classes } from '../models/spec';
import type { Reference } from './reference';

/**
 * Scores of a classifier as a distribution by which two engines are compared: as they are where a text has one label. Where it may
 * have several, what is common to all counts too, so a score of 0 stands beside them.
 */
export const asDistribution = ({ several }: Classes, scores: Float32Array): Float32Array =>
  several ? Float32Array.of(...scores, 0) : scores;

/** What our engine says, where a temperature is in the weights of what it is held against. */
export const atTemperature = (ours: Reference, temperature: number): Reference =>
  temperature === 1 ? ours : { ...ours, scores: ours.scores.map((score) => score / temperature) };
