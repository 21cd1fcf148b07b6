import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Pass } from './spec';

/** x [B T, C] -> [B, C]: of each row the sum of its tokens by what each counts, pool [B, T], which a classifier is always given. */
export function pooled(x: Tensor2D, { pool }: Pick<Pass, 'pool'>): Tensor2D {
  const [rows, context] = pool!.shape;
  const [, columns] = x.shape;
  const of = tf.reshape<tf.Rank.R3>(x, [rows, context, columns]);
  const weights = tf.reshape<tf.Rank.R3>(pool!, [rows, 1, context]);
  return tf.reshape(tf.matMul(weights, of), [rows, columns]);
}
