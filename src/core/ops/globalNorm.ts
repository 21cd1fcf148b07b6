/**
 * Euclidean norm of all given tensors as one vector. Stays on the device, where the optimizers read it.
 *
 *   norm = sqrt(sum over tensors and elements of x^2)      scalar f32
 *
 * Source: Pascanu, Mikolov & Bengio 2012, arXiv:1211.5063, section 3.2, for gradient clipping.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { globalNormOnGpu } from './globalNorm.wgsl';
import { pick, type Implementations } from './op';

export const globalNorm = (tensors: readonly Tensor[]): Scalar => pick(GLOBAL_NORM)(tensors);

export const GLOBAL_NORM: Implementations<(tensors: readonly Tensor[]) => Scalar> = {
  webgpu: globalNormOnGpu,
  reference: (tensors) =>
    tf.tidy(() => tf.sqrt<Scalar>(tensors.map((x) => tf.sum(tf.square(x))).reduce((a, b) => tf.add(a, b)) as Scalar)),
};
