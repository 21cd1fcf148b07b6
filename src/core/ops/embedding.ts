/**
 * Looks up a row for each id, and adds a row for each place when positions are given.
 *
 *   y[b T + t] = tokens[ids[b, t]] + positions[t]
 *
 * ids [B, T] int32, 0 <= id < V   tokens [V, C]   positions [P, C], T <= P   y [B T, C]
 * The gradient sums in the order of rows, without atomics: the same bits every time.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { type Differentiable, run, type Ways } from './op';

export const embedding = (ids: Tensor2D, tokens: Tensor2D, positions?: Tensor2D): Tensor2D =>
  run(EMBEDDING, { ids, tokens, positions }, shapeOf(tokens, positions)) as Tensor2D;

type X = { ids: Tensor2D; tokens: Tensor2D; positions: Tensor2D | undefined };
interface Sizes {
  vocabulary: number;
  /** Rows of `positions`; 0 without. */
  places: number;
}
const shapeOf = (tokens: Tensor2D, positions?: Tensor2D): Sizes => ({
  vocabulary: tokens.shape[0],
  places: positions?.shape[0] ?? 0,
});

export const EMBEDDING: Ways<Differentiable<X, Sizes>> = {
  reference: {
    forward({ ids, tokens, positions }) {
      const [B, T] = ids.shape;
      const C = tokens.shape[1];
      const rows = tf.gather(tokens, tf.reshape(ids, [B * T]));
      if (!positions) return { y: rows, saved: { ids } };
      const placed = tf.add(tf.reshape(rows, [B, T, C]), tf.slice(positions, [0, 0], [T, C]));
      return { y: tf.reshape(placed, [B * T, C]), saved: { ids } };
    },
    backward(dy, { ids }: { ids: Tensor2D }, { vocabulary, places }) {
      const [B, T] = ids.shape;
      const C = dy.shape[1]!;
      const which = tf.oneHot(tf.reshape(ids, [B * T]), vocabulary, 1, 0, 'float32') as Tensor2D; // [B T, V]
      const byPlace = tf.sum(tf.reshape(dy, [B, T, C]) as Tensor3D, 0) as Tensor2D;
      return {
        tokens: tf.matMul(which, dy as Tensor2D, true),
        positions: tf.pad(byPlace, [
          [0, Math.max(0, places - T)],
          [0, 0],
        ]),
      };
    },
  },
};
