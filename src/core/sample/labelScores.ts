import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../models/network';
import type { ForwardContext } from '../models/spec';

/** ids [rows, T], lengths [rows], pool [rows, T] -> scores of labels [rows, labels], differentiable. */
export function labelScores(
  network: Network,
  { ids, lengths, pool }: Readonly<Record<string, Tensor>>,
  context?: ForwardContext,
): Tensor2D {
  const row = { lengths: lengths as Tensor1D, pool: pool as Tensor2D };
  const { hidden, classifier, bias } = network.forward(ids as Tensor2D, { dropout: 0, ...context, ...row });
  const scores = tf.matMul<Tensor2D>(hidden, classifier, false, true);
  return bias ? tf.add<Tensor2D>(scores, bias) : scores;
}
