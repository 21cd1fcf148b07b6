/**
 * Output layer: the score of every token for every row.
 *
 *   y = hidden W^T + b
 *
 * hidden [N, C]   classifier W [V, C]   bias b [V], 0 if absent   y [N, V], all f32
 * For inference only: it has no gradient. Training uses softmaxCrossEntropy, which never holds all of y.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { classifyOnGpu } from './classify.wgsl';
import { pick, type Implementations } from './op';

/** Output of an architecture, from which scores are computed. */
export interface Scored {
  hidden: Tensor2D;
  classifier: Tensor2D;
  bias?: Tensor1D | undefined;
}
export type Classify = (scored: Scored) => Tensor2D;

export const classify: Classify = (scored) => pick(CLASSIFY)(scored);

export const CLASSIFY: Implementations<Classify> = {
  webgpu: classifyOnGpu,
  reference({ hidden, classifier, bias }) {
    const scores = tf.matMul<Tensor2D>(hidden, classifier, false, true);
    return bias ? tf.add<Tensor2D>(scores, bias) : scores;
  },
};
