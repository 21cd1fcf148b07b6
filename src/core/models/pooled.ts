import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { badSettings } from '../base/errors';
import { isOneScored, type Pass } from './spec';

/** False while a hook observes activations, because it needs all tokens. */
const isAlone = ({ config, hook }: Pick<Pass, 'config' | 'hook'>): boolean => isOneScored(config) && !hook;

/** Input of layer i after its attention: x [B T, C], or in a classifier's last layer only the scored token, [B, C]. */
export const goesOn = (pass: Pass, i: number, x: Tensor2D): Tensor2D =>
  isAlone(pass) && i === pass.config.layers - 1 ? pooled(x, pass) : x;

/** After the last layer: x [B T, C], or only its scored rows [B, C] -> the pooled state of each row, [B, C]. */
export const scored = (pass: Pass, x: Tensor2D): Tensor2D => (isAlone(pass) ? x : pooled(x, pass));

/**
 * x [B T, C] -> [B, C]: sum of each row's tokens, weighted by pool [B, T].
 * @throws HomegrownError `bad-settings` without pool: token scores were requested from a classifier
 */
function pooled(x: Tensor2D, { pool }: Pick<Pass, 'pool'>): Tensor2D {
  if (!pool)
    throw badSettings(
      'The model is a classifier: it scores labels, not tokens.',
      'Classify a text with it, or use its base model.',
    );
  const [rows, context] = pool.shape;
  const [, columns] = x.shape;
  const of = tf.reshape<tf.Rank.R3>(x, [rows, context, columns]);
  const weights = tf.reshape<tf.Rank.R3>(pool, [rows, 1, context]);
  return tf.reshape(tf.matMul(weights, of), [rows, columns]);
}
