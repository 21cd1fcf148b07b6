/**
 * Causal self-attention that reads queries, keys and values from one fused matrix.
 *
 *   y[i] = sum over j <= i of p[i, j] v[j]      p[i] = softmax over j <= i of q[i] . k[j] / sqrt(C / heads)
 *
 * qkv [B T, 3 C]: columns are q | k | v, each C wide, heads contiguous inside (GPT-2's c_attn)   y [B T, C]
 * Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { type Differentiable, run, type Ways } from './op';

/** `rows` is B: how many sequences the B T rows of qkv hold. */
export const attention = (qkv: Tensor2D, { rows, heads }: Settings): Tensor2D =>
  run(ATTENTION, { qkv }, { rows, heads }) as Tensor2D;

type X = { qkv: Tensor2D };
interface Settings {
  rows: number;
  heads: number;
}

export const ATTENTION: Ways<Differentiable<X, Settings>> = {
  reference: {
    forward({ qkv }, settings) {
      const [q, k, v] = split(qkv, settings);
      const [B, H, T, D] = q.shape;
      const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(D));
      const p = tf.softmax(tf.add(scores, future(T))); // [B, H, T, T]
      return { y: join(tf.matMul(p, v), [B * T, H * D]), saved: { qkv, p } };
    },
    /** ds = p (dp - rowsum(dp p)): the gradient through softmax. */
    backward(dy, { qkv, p }: { qkv: Tensor2D; p: Tensor4D }, settings) {
      const [q, k, v] = split(qkv, settings);
      const [B, H, T, D] = q.shape;
      const dout = tf.transpose(tf.reshape(dy, [B, T, H, D]), [0, 2, 1, 3]);
      const dp = tf.matMul(dout, v, false, true);
      const ds = tf.mul(tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dp, p), 3, true))), 1 / Math.sqrt(D));
      const parts = [tf.matMul(ds, k), tf.matMul(ds, q, true), tf.matMul(p, dout, true)];
      return {
        qkv: tf.concat(
          parts.map((part) => join(part, [B * T, H * D])),
          1,
        ),
      };
    },
  },
};

/** [B T, 3 C] -> three of [B, H, T, D]. */
function split(qkv: Tensor2D, { rows, heads }: Settings): [Tensor4D, Tensor4D, Tensor4D] {
  const T = qkv.shape[0] / rows;
  const D = qkv.shape[1] / 3 / heads;
  const parts = tf.split(qkv, 3, 1);
  return parts.map((t) => tf.transpose(tf.reshape(t, [rows, T, heads, D]), [0, 2, 1, 3])) as [
    Tensor4D,
    Tensor4D,
    Tensor4D,
  ];
}
/** [B, H, T, D] -> [B T, H D]. */
const join = (x: Tensor, shape: [number, number]): Tensor2D => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), shape);

/** [T, T]: 0 where j <= i, else a number that softmax turns into 0. */
function future(T: number): Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: T * T }, (_, n) => (n % T > Math.floor(n / T) ? -1e9 : 0)),
    [T, T],
  );
}
