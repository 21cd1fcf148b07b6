import type { Classes } from '../models/spec';

/**
 * Scores of a classifier as a distribution by which two engines are compared: as they are where a text has one label. Where it may
 * have several, what is common to all counts too, so a score of 0 stands beside them.
 */
export const toldApart = ({ several }: Classes, scores: Float32Array): Float32Array =>
  several ? Float32Array.of(...scores, 0) : scores;
