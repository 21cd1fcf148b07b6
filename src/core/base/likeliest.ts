/** The place of the highest score; of like ones the first. */
export function likeliest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let place = 1; place < scores.length; place++) if (scores[place]! > scores[best]!) best = place;
  return best;
}
