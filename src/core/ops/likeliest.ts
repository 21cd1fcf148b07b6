/**
 * Top-1 correctness: whether the target has the highest score of its row.
 *
 *   y[n] = 1 if targets[n] = argmax of z[n], else 0      z = hidden classifier^T + bias
 *
 * hidden [N, C]   classifier [V, C]   bias [V]   targets [N] int32; a negative target never counts   y [N] f32
 * In a tie, the first token wins. Computes logits for a block of rows at a time, as in softmaxCrossEntropy. For
 * evaluation only: it has no gradient.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D } from '@tensorflow/tfjs';
import { classify, type Scored } from './classify';
import { likeliestOnGpu } from './likeliest.wgsl';
import { LOGIT_BYTES } from './logitBytes';
import { type Implementations, pick } from './op';
import { rowChunks } from './softmaxCrossEntropy';

export type IsLikeliest = (scored: Scored, targets: Tensor1D, logitBytes?: number) => Tensor1D;

export const isLikeliest: IsLikeliest = (...input) => pick(IS_LIKELIEST)(...input);

export const IS_LIKELIEST: Implementations<IsLikeliest> = {
  webgpu: likeliestOnGpu,
  reference: (scored, targets, logitBytes = LOGIT_BYTES) =>
    tf.tidy(() => {
      const { hidden, classifier } = scored;
      const parts = rowChunks(hidden, classifier, logitBytes).map(({ start, length }) => {
        const scores = classify({ ...scored, hidden: tf.slice(hidden, [start, 0], [length, -1]) });
        return tf.cast<Tensor1D>(tf.equal(tf.argMax(scores, 1), tf.slice(targets, start, length)), 'float32');
      });
      return tf.concat(parts);
    }),
};
