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

/**
 * What always guessing the commonest token would find, in percent of the validation tokens: the commonest of the training
 * counts. Both [vocabulary]; `counts` says which ids are counted.
 */
export function unigramAccuracy(
  trainCounts: ArrayLike<number>,
  validationCounts: ArrayLike<number>,
  counts: (id: number) => boolean,
): number {
  let [commonest, max, tokens] = [-1, 0, 0];
  for (let id = 0; id < trainCounts.length; id++) {
    if (!counts(id)) continue;
    tokens += validationCounts[id]!;
    if (trainCounts[id]! > max) [commonest, max] = [id, trainCounts[id]!];
  }
  return tokens === 0 || commonest < 0 ? 0 : (100 * validationCounts[commonest]!) / tokens;
}

/**
 * How unlike the two parts are by the frequencies of their tokens alone: the Kullback-Leibler divergence of the training
 * part's from the validation part's, in nats per token, less what chance gives two parts of one kind (Miller and Madow
 * 1955: (classes - 1) / 2n for each part). Tokens that the validation part would be expected to hold fewer than five times
 * are one class together (Cochran's rule), as their counts tell nothing singly. Both [vocabulary].
 */
export function unigramDivergence(trainCounts: ArrayLike<number>, validationCounts: ArrayLike<number>): number {
  const vocabulary = trainCounts.length;
  const [trained, held] = [total(trainCounts), total(validationCounts)];
  if (trained === 0 || held === 0) return 0;
  const rare = { trained: 0, held: 0 };
  let [divergence, classes] = [0, 0];
  const add = (inTraining: number, inHeld: number): void => {
    classes++;
    if (inHeld > 0) divergence += (inHeld / held) * Math.log((inHeld * (trained + vocabulary)) / (held * inTraining));
  };
  for (let id = 0; id < vocabulary; id++) {
    const [inTraining, inHeld] = [trainCounts[id]!, validationCounts[id]!];
    if (((inTraining + inHeld) * held) / (trained + held) >= MIN) add(inTraining + 1, inHeld);
    else {
      rare.trained += inTraining + 1;
      rare.held += inHeld;
    }
  }
  if (rare.trained > 0) add(rare.trained, rare.held);
  return Math.max(0, divergence - ((classes - 1) / 2) * (1 / trained + 1 / held));
}
const MIN = 5;

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let id = 0; id < counts.length; id++) sum += counts[id]!;
  return sum;
}
