/** Index of the highest score; the first of equal ones. */
export function likeliest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let place = 1; place < scores.length; place++) if (scores[place]! > scores[best]!) best = place;
  return best;
}
