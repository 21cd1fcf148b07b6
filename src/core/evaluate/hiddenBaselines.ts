/** Baselines for masked tokens: loss and accuracy without a model. */
import { unigramAccuracy, unigramLoss } from '../objectives/unigram';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Tokenised } from './blocks';
import type { Evaluation } from './evaluation';
import { NOT_PREDICTED, type TokenScores } from './scores';
import { NOT_COUNTED } from './textBaselines';

/**
 * @param scores of each document
 * @param counts of each id in the training data, [vocabulary]; absent if unknown
 */
export function hiddenBaselines(
  documents: readonly Tokenised[],
  scores: readonly TokenScores[],
  tokenizer: Tokenizer,
  counts?: ArrayLike<number>,
): Pick<Evaluation, 'baselines' | 'leftOut'> {
  const vocabulary = tokenizer.size;
  const maskedCounts = new Uint32Array(vocabulary);
  for (const [i, { ids }] of documents.entries())
    for (const [index, id] of ids.entries()) if (scores[i]!.loss[index] !== NOT_PREDICTED) maskedCounts[id]!++;
  const figuresOf = (loss: number, maskedAccuracy: number) => ({
    loss,
    pseudoPerplexity: Math.exp(loss),
    maskedAccuracy,
  });
  const uniform = figuresOf(Math.log(vocabulary), 100 / vocabulary);
  if (!counts) return { baselines: { uniform }, leftOut: [{ name: 'unigram', reason: NOT_COUNTED }] };
  const unigram = figuresOf(
    unigramLoss(counts, maskedCounts),
    unigramAccuracy(counts, maskedCounts, (id) => tokenizer.bytes(id).length > 0),
  );
  return { baselines: { uniform, unigram }, leftOut: [] };
}
