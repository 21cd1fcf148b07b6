import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Pass } from './spec';

/** x [B T, C] -> [B, C]: of each row the sum of its tokens by what each counts, pool [B, T], which a classifier is always given. */
export function pooled(x: Tensor2D, { pool }: Pick<Pass, 'pool'>): Tensor2D {
  const [rows, context] = pool!.shape;
  const [, columns] = x.shape;
  const of = tf.reshape(x, [rows, context, columns]) as Tensor3D;
  const weights = tf.reshape(pool!, [rows, 1, context]) as Tensor3D;
  return tf.reshape(tf.matMul(weights, of), [rows, columns]);
}
