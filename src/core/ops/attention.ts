/**
 * Causal self-attention that reads queries, keys and values from one fused matrix.
 *
 *   y[i] = sum over j <= i of p[i, j] v[j]      p[i] = softmax over j <= i of q[i] . k[j] / sqrt(C / heads)
 *
 * qkv [B T, 3 C]: columns are q | k | v, each C wide, heads contiguous inside (GPT-2's c_attn)   y [B T, C]
 * Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { attentionOnGpu } from './attention.wgsl';
import { attentionOnHost } from './attentionOnHost';
import { type Differentiable, run, type Ways } from './op';

/** `rows` is B: how many sequences the B T rows of qkv hold. */
export const attention = (qkv: Tensor2D, settings: Settings): Tensor2D => run(ATTENTION, { qkv }, settings) as Tensor2D;

export type X = { qkv: Tensor2D };
export interface Settings {
  rows: number;
  heads: number;
}
/** p [B H, T, T]. */
export type Attention = Differentiable<X, Settings, X & { p: Tensor3D }>;

const reference: Attention = {
  forward({ qkv }, settings) {
    const [q, k, v] = split(qkv, settings) as [Tensor3D, Tensor3D, Tensor3D];
    const [, T, D] = q.shape;
    const scores = tf.mul(tf.matMul(q, turn(k)), 1 / Math.sqrt(D));
    const p = tf.softmax(tf.add<Tensor3D>(scores, future(T)));
    return { y: join([tf.matMul(p, v)], settings), saved: { qkv, p } };
  },
  /** ds = p (dp - rowsum(dp p)): the gradient through softmax. */
  backward(dy, { qkv, p }, settings) {
    const [q, k, v] = split(qkv, settings) as [Tensor3D, Tensor3D, Tensor3D];
    const [dout] = split(dy as Tensor2D, settings, 1) as [Tensor3D];
    const dp = tf.matMul(dout, turn(v));
    const inner = tf.sub(dp, tf.sum(tf.mul(dp, p), 2, true));
    const ds = tf.mul<Tensor3D>(tf.mul(p, inner), 1 / Math.sqrt(q.shape[2]));
    return { qkv: join([tf.matMul(ds, k), tf.matMul(turn(ds), q), tf.matMul(turn(p), dout)], settings) };
  },
};

export const ATTENTION: Ways<Differentiable<X, Settings>> = {
  reference,
  host: attentionOnHost,
  webgpu: attentionOnGpu,
};

/** [B T, parts H D] -> as many of [B H, T, D]. */
function split(x: Tensor2D, { rows, heads }: Settings, parts = 3): Tensor3D[] {
  const T = x.shape[0] / rows;
  const D = x.shape[1] / parts / heads;
  const apart = tf.transpose(tf.reshape(x, [rows, T, parts, heads, D]), [2, 0, 3, 1, 4]);
  return tf.unstack(tf.reshape(apart, [parts, rows * heads, T, D])) as Tensor3D[];
}
/** The other way round. */
function join(parts: Tensor3D[], { rows, heads }: Settings): Tensor2D {
  const [, T, D] = parts[0]!.shape;
  const apart = tf.reshape(tf.stack(parts), [parts.length, rows, heads, T, D]);
  return tf.reshape<Rank.R2>(tf.transpose(apart, [1, 3, 0, 2, 4]), [rows * T, parts.length * heads * D]);
}
const turn = (x: Tensor3D): Tensor3D => tf.transpose(x, [0, 2, 1]);

/** [T, T]: 0 where j <= i, else a number that softmax turns into 0. */
const future = (T: number): Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: T * T }, (_, n) => (n % T > Math.floor(n / T) ? -1e9 : 0)),
    [T, T],
  );
