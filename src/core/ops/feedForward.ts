/**
 * A transformer's feed-forward network in one op, so that its gradient needs no pass of its own over the widest rows.
 *
 *   y = gelu(x W1 + b1) W2 + b2 + r
 *
 * x [N, C]   inWeight W1 [C, H]   inBias b1 [H]   outWeight W2 [H, O]   outBias b2 [O]   residual r [N, O]   y [N, O], all f32
 * Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.3, with GELU in the place of ReLU.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { feedForwardOnGpu } from './feedForward.wgsl';
import { geluBackward, geluForward } from './gelu';
import { sumOfRows } from './linear';
import { type Differentiable, run, type Ways } from './op';

export const feedForward = (x: FeedForwardInputs): Tensor2D => run(FEED_FORWARD, x, undefined) as Tensor2D;

export type FeedForwardInputs = {
  x: Tensor2D;
  inWeight: Tensor2D;
  inBias: Tensor;
  outWeight: Tensor2D;
  outBias: Tensor;
  residual: Tensor2D | undefined;
};
/** pre: x W1 + b1; inner: its GELU; both [N, H]. */
type Saved = Pick<FeedForwardInputs, 'x' | 'inWeight' | 'outWeight'> & { pre: Tensor2D; inner: Tensor2D };
export type FeedForward = Differentiable<FeedForwardInputs, undefined, Saved>;

export const FEED_FORWARD: Ways<FeedForward> = {
  webgpu: feedForwardOnGpu,
  reference: {
    forward({ x, inWeight, inBias, outWeight, outBias, residual }) {
      const pre = tf.add<Tensor2D>(tf.matMul(x, inWeight), inBias);
      const inner = geluForward(pre) as Tensor2D;
      const out = tf.add(tf.matMul(inner, outWeight), outBias);
      return { y: residual ? tf.add(out, residual) : out, saved: { x, inWeight, outWeight, pre, inner } };
    },
    backward(dy, { x, inWeight, outWeight, pre, inner }) {
      const out = dy as Tensor2D;
      const du = geluBackward(tf.matMul(out, tf.transpose(outWeight)), pre) as Tensor2D;
      return {
        x: tf.matMul(du, tf.transpose(inWeight)),
        inWeight: tf.matMul(tf.transpose(x), du),
        inBias: sumOfRows(du),
        outWeight: tf.matMul(tf.transpose(inner), out),
        outBias: sumOfRows(out),
        residual: tf.clone(out),
      };
    },
  },
};
