import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { badSettings } from '../base/errors';
import type { Pass } from './spec';

/**
 * x [B T, C] -> [B, C]: of each row the sum of its tokens by what each counts, pool [B, T].
 * @throws HomegrownError `bad-settings` where none is given: a classifier was asked for scores of tokens
 */
export function pooled(x: Tensor2D, { pool }: Pick<Pass, 'pool'>): Tensor2D {
  if (!pool)
    throw badSettings(
      'The model is a classifier: it scores labels of whole texts, and no tokens.',
      'Ask it for the labels of a text, or take the model that it was begun from.',
    );
  const [rows, context] = pool.shape;
  const [, columns] = x.shape;
  const of = tf.reshape<tf.Rank.R3>(x, [rows, context, columns]);
  const weights = tf.reshape<tf.Rank.R3>(pool, [rows, 1, context]);
  return tf.reshape(tf.matMul(weights, of), [rows, columns]);
}
