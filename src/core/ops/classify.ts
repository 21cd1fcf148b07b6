/**
 * The score of every token for every row: a product with the classifier, whose rows are the tokens'.
 *
 *   y = x W^T
 *
 * x [N, C]   classifier W [V, C]   y [N, V], all f32
 * For reading and writing only: it has no gradient. Training goes through softmaxCrossEntropy, which never holds all of y.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { classifyOnGpu } from './classify.wgsl';
import { pick, type Implementations } from './op';

export type Classify = (x: Tensor2D, classifier: Tensor2D) => Tensor2D;

export const classify: Classify = (...input) => pick(CLASSIFY)(...input);

export const CLASSIFY: Implementations<Classify> = {
  webgpu: classifyOnGpu,
  reference: (x, classifier) => tf.matMul(x, classifier, false, true),
};
