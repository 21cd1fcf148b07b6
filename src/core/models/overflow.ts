/** Detects overflow of 32-bit floats in a model's scores. */
import { HomegrownError } from '../base/errors';

/**
 * Checks one distribution. A norm divides by the root of a sum of squares; if that overflows, it returns zeros, and
 * every token has the same score. So an overflow can be invisible as a non-finite number.
 * @param logits [vocabulary]
 * @throws HomegrownError `diverged` if all scores are equal
 */
export function checkOverflow(logits: Float32Array): void {
  if (logits.length < 2 || !logits.every((score) => score === logits[0])) return;
  throw new HomegrownError(
    'diverged',
    'The model gives every token the same score: its weights are so large that its outputs overflow, or they are all zero.',
    'The file is safe. Use an earlier step of the training, or import the model again.',
  );
}

/**
 * Checks a classifier's scores of one or more texts.
 * @param scores [texts labels]
 * @param count number of labels
 * @throws HomegrownError `diverged` if a score isn't finite, or all labels of each text have the same score
 */
export function checkLabelOverflow(scores: ArrayLike<number>, count: number): void {
  const all = Array.from(scores);
  const isFinite = all.every((score) => Number.isFinite(score));
  const isEqual = count > 1 && all.every((score, i) => score === all[i - (i % count)]);
  if (all.length === 0 || (isFinite && !isEqual)) return;
  throw new HomegrownError(
    'diverged',
    isFinite
      ? 'The classifier gives every label the same score: its weights are so large that its outputs overflow, or they are all zero.'
      : 'The classifier gives scores that are not finite: its weights are so large that its outputs overflow.',
    'The file is safe. Use an earlier step of the training, or import the model again.',
  );
}
