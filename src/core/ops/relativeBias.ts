/**
 * T5's relative position bias: adds to the score of a query and a key a number that depends on the head and the bucket
 * of their distance.
 *
 *   y[h, i, j] = table[bucket(j - (offset + i)), h]
 *
 * table [buckets, H]   offset [1] int32: position of the first query (decoding: cached tokens), 0 if absent
 * y [H, Tq, Tk]. The gradient sums along the diagonals of a bucket in a fixed order, without atomics: equal bits.
 * Source: Raffel et al. 2019, arXiv:1910.10683, section 2.1; buckets as in Hugging Face's modeling_t5.py,
 * T5Attention._relative_position_bucket.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { type Differentiable, run, type Implementations } from './op';
import { relativeBiasOnGpu } from './relativeBias.wgsl';
import { bucketOf, type Buckets } from './relativeBuckets';

/** Returns the `bias` of `attention`. */
export const relativeBias = (table: Tensor2D, settings: RelativeBiasSettings, offset?: Tensor1D): Tensor3D =>
  run(RELATIVE_BIAS, { table, offset }, { ...settings, buckets: table.shape[0] }) as Tensor3D;

export interface RelativeBiasSettings extends Omit<Buckets, 'buckets'> {
  /** Tq and Tk. */
  queries: number;
  keys: number;
}
export type Settings = RelativeBiasSettings & Buckets;
export type X = { table: Tensor2D; offset?: Tensor1D | undefined };
export type RelativeBias = Differentiable<X, Settings, X>;

const forward: RelativeBias['forward'] = ({ table, offset }, settings) => {
  const { queries, keys } = settings;
  const rows = tf.gather(table, tf.tensor1d(bucketsOf(offset, settings), 'int32'));
  return { y: tf.reshape(tf.transpose(rows), [table.shape[1], queries, keys]), saved: { table, offset } };
};

export const RELATIVE_BIAS: Implementations<RelativeBias> = {
  webgpu: relativeBiasOnGpu,
  reference: {
    forward,
    backward(dy, { table, offset }, settings) {
      const oneHot = tf.oneHot(tf.tensor1d(bucketsOf(offset, settings), 'int32'), settings.buckets);
      const byHead = tf.reshape(dy, [table.shape[1], settings.queries * settings.keys]);
      return { table: tf.transpose(tf.matMul(byHead, tf.cast(oneHot, 'float32'))) };
    },
  },
  /** One-hot takes Tq Tk buckets H multiplications; this adds each element once. */
  host: {
    forward,
    backward(dy, { table, offset }, settings) {
      const [buckets, H] = table.shape;
      const gradient = dy.dataSync<'float32'>();
      const bucketByPair = bucketsOf(offset, settings);
      const sums = new Float32Array(buckets * H);
      for (let h = 0; h < H; h++) {
        for (let pair = 0; pair < bucketByPair.length; pair++)
          sums[bucketByPair[pair]! * H + h]! += gradient[h * bucketByPair.length + pair]!;
      }
      return { table: tf.tensor2d(sums, [buckets, H]) };
    },
  },
};

/** Returns the bucket of every query and key, [Tq Tk]. */
function bucketsOf(offset: Tensor | undefined, settings: Settings): Int32Array {
  const { queries, keys } = settings;
  const first = offset?.dataSync<'int32'>()[0] ?? 0;
  return Int32Array.from({ length: queries * keys }, (_, pair) =>
    bucketOf((pair % keys) - first - Math.floor(pair / keys), settings),
  );
}
