import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Learning } from './objective';

/**
 * Cross-entropy of each token of an answer, given those before it and the encoder's input, if there is an encoder: ids
 * [rows, T], targets [rows T], source [rows, S], and sourceLengths [rows] if rows are padded.
 */
export async function answerLoss(): Promise<Learning['loss']> {
  const { softmaxCrossEntropy } = await import('../ops/softmaxCrossEntropy');
  return (network, { source, sourceLengths, ids, targets }, weight, context) => {
    const lengths = sourceLengths && { lengths: sourceLengths as Tensor1D };
    const read = source && { ids: source as Tensor2D, ...lengths };
    const output = network.forward(ids as Tensor2D, context, read);
    return softmaxCrossEntropy(output, targets as Tensor1D, weight as Tensor1D);
  };
}
