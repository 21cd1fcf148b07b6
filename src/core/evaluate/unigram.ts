/**
 * What guessing by frequency alone would lose: the mean of -ln p over the validation tokens, in nats per token, with p
 * from the training counts. Every count is one more than it is (Laplace), so that no token is impossible.
 * Both [vocabulary].
 */
export function unigramLoss(trainCounts: ArrayLike<number>, validationCounts: ArrayLike<number>): number {
  const vocabulary = trainCounts.length;
  let total = vocabulary;
  for (let id = 0; id < vocabulary; id++) total += trainCounts[id]!;
  let [loss, tokens] = [0, 0];
  for (let id = 0; id < vocabulary; id++) {
    loss -= validationCounts[id]! * Math.log((trainCounts[id]! + 1) / total);
    tokens += validationCounts[id]!;
  }
  return loss / tokens;
}
