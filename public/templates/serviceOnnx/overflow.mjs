import { ApiError } from './errors.mjs';

/**
 * Checks what the model gives to one text, or to several at once. A norm divides by the root of a sum of squares; where that
 * overflows, it gives zeros and every choice has the same score. So an overflow need not show as a number that isn't finite.
 * @param {Float32Array} scores [texts choices]
 * @param {number} count choices
 * @throws {ApiError} 500 if a score isn't finite, or all choices of each text have the same score
 */
export function checkOverflow(scores, count) {
  const isFinite = scores.every(Number.isFinite);
  const isEqual = count > 1 && scores.every((score, i) => score === scores[i - (i % count)]);
  if (scores.length === 0 || (isFinite && !isEqual)) return;
  const what = isFinite ? 'the same score to everything' : 'scores that are not finite';
  throw new ApiError(
    500,
    `The model gives ${what}: its weights are so large that its outputs overflow${isFinite ? ', or they are all zero' : ''}. Export an earlier step of its training.`,
    { code: 'overflow' },
  );
}
