/**
 * Feed-forward network of a transformer in one op, so that its gradient needs no separate pass over the widest rows.
 * With a gate, one product computes gate and up.
 *
 *   y = f(x W1 + b1) W2 + b2 + r      gated: y = (f(gate) up) W2 + b2 + r, gate | up = x W1 + b1
 *
 * x [N, C]   inWeight W1 [C, H], gated [C, 2 H]   inBias b1 [H], gated [2 H]   outWeight W2 [H, O]   outBias b2 [O]
 * residual r [N, O]   y [N, O], all f32; absent biases and residual are 0
 * Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.3; gates: Shazeer 2020, arXiv:2002.05202.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type Activation, activationOf } from './activation';
import { feedForwardOnGpu } from './feedForward.wgsl';
import { GATED } from './gated';
import { widened } from './narrowWeights';
import { sumOfRows, withBias } from './linear';
import { matMul } from './matMul';
import { type Differentiable, anyNeedsGradient, run, type Implementations } from './op';

export interface FeedForwardKind {
  activation: Activation;
  gated?: boolean;
}
/** GPT-2's kind. */
const GPT2_KIND: FeedForwardKind = { activation: 'gelu-tanh' };

export const feedForward = (x: FeedForwardInputs, kind = GPT2_KIND): Tensor2D => run(FEED_FORWARD, x, kind) as Tensor2D;

export type FeedForwardInputs = {
  x: Tensor2D;
  inWeight: Tensor2D;
  inBias?: Tensor | undefined;
  outWeight: Tensor2D;
  outBias?: Tensor | undefined;
  residual?: Tensor2D | undefined;
};
/** pre: x W1 + b1, [N, H], gated [N, 2 H]; inner: input of W2, [N, H]. */
type Saved = Pick<FeedForwardInputs, 'x' | 'inWeight' | 'outWeight'> & { pre: Tensor2D; inner: Tensor2D };
export type FeedForward = Differentiable<FeedForwardInputs, FeedForwardKind, Saved>;

export const FEED_FORWARD: Implementations<FeedForward> = {
  webgpu: feedForwardOnGpu,
  reference: {
    forward({ residual, ...inputs }, kind) {
      const { x, inWeight, inBias, outWeight, outBias } = inputs;
      const pre = withBias(matMul(x, widened(inWeight)), inBias);
      const inner = gatedActivation(kind).forward(pre);
      return {
        y: withBias(matMul(inner, widened(outWeight)), outBias, residual),
        saved: { x, inWeight, outWeight, pre, inner },
      };
    },
    backward(dy, { x, inWeight, outWeight, pre, inner }, kind, needsGradient) {
      const dY = dy as Tensor2D;
      const du =
        anyNeedsGradient(needsGradient, 'x', 'inWeight', 'inBias') &&
        gatedActivation(kind).backward(matMul(dY, widened(outWeight), { b: true }), pre);
      return {
        x: needsGradient.x && du && matMul(du, widened(inWeight), { b: true }),
        inWeight: needsGradient.inWeight && du && matMul(x, du, { a: true }),
        inBias: needsGradient.inBias && du && sumOfRows(du),
        outWeight: needsGradient.outWeight && matMul(inner, dY, { a: true }),
        outBias: needsGradient.outBias && sumOfRows(dY),
        residual: needsGradient.residual && tf.clone(dY),
      };
    },
  },
};

/** Activation, with a gate if any, between the two products; without the gradient tape. */
export const gatedActivation = ({ activation, gated }: FeedForwardKind) => ({
  forward: (pre: Tensor2D): Tensor2D =>
    (gated ? GATED.reference.forward({ x: pre }, activation).y : activationOf(activation).forward(pre)) as Tensor2D,
  backward: (d: Tensor2D, pre: Tensor2D): Tensor2D =>
    (gated
      ? GATED.reference.backward(d, { x: pre }, activation, { x: true }).x
      : activationOf(activation).backward(d, pre)) as Tensor2D,
});
