/**
 * Approximates the orthogonal matrix nearest to U: its singular values become 0.7 to 1.2, its singular vectors stay.
 *
 *   X <- U / (|U| + 1e-7)        five times:  A = X X^T,  X <- a X + (b A + c A A) X
 *
 * U [R, C] f32 -> [R, C]; for a tall matrix A = X^T X, on the other side: equivalent, and less work. |U|: Frobenius
 * a, b, c = 3.4445, -4.7750, 2.0315: steep at 0, so that small singular values rise fast; more isn't useful.
 * Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon, in f32.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { matMul } from './matMul';

export const QUINTIC = { a: 3.4445, b: -4.775, c: 2.0315 } as const;
export const STEPS = 5;
/** Added to the norm, so that zeros stay zeros. */
export const NORM_EPSILON = 1e-7;

export function newtonSchulz(u: Tensor2D): Tensor2D {
  const { a, b, c } = QUINTIC;
  return tf.tidy(() => {
    const isTall = u.shape[0] > u.shape[1];
    let x = tf.div<Tensor2D>(u, tf.add(tf.sqrt(tf.sum(tf.square(u))), NORM_EPSILON));
    for (let step = 0; step < STEPS; step++) {
      const gram = isTall ? matMul(x, x, { a: true }) : matMul(x, x, { b: true });
      const polynomial = tf.add<Tensor2D>(tf.mul(gram, b), tf.mul(matMul(gram, gram), c));
      x = tf.add(tf.mul(x, a), isTall ? matMul(x, polynomial) : matMul(polynomial, x));
    }
    return x;
  });
}
