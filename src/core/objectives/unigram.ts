/**
 * Loss of a unigram model: the mean of -ln p over the validation tokens, in nats per token, with p from the training
 * counts. Adds one to every count (Laplace), so that no token is impossible. Both counts are [vocabulary].
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
 * Accuracy of always guessing the most common training token, in percent of the validation tokens. Both counts are
 * [vocabulary].
 * @param counts whether to count an id
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
 * Kullback-Leibler divergence of the training set's token frequencies from the validation set's, in nats per token.
 * Subtracts the value expected by chance (Miller and Madow 1955: (classes - 1) / 2n for each part). Tokens with fewer
 * than five expected occurrences in the validation set form one class (Cochran's rule). Both counts are [vocabulary].
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
