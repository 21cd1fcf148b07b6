/**
 * A matrix product with what commonly follows it.
 *
 *   y = act(x W + b) + r
 *
 * x [N, I]   weight W [I, O]   bias b [O]   residual r [N, O]   y [N, O], all f32; act is GELU or nothing
 * Weights lie as [in, out]: GPT-2's own layout (Hugging Face's Conv1D).
 * Products are transposed by hand: TensorFlow.js multiplies fast only when neither side is (on wasm 20 times faster).
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { geluBackward, geluForward } from './gelu';
import { linearOnGpu } from './linear.wgsl';
import { type Differentiable, run, type Ways } from './op';

export function linear(
  x: Tensor2D,
  weight: Tensor2D,
  { bias, residual, gelu = false }: { bias?: Tensor; residual?: Tensor2D; gelu?: boolean } = {},
): Tensor2D {
  return run(LINEAR, { x, weight, bias, residual }, { gelu }) as Tensor2D;
}

type X = { x: Tensor2D; weight: Tensor2D; bias: Tensor | undefined; residual: Tensor2D | undefined };
/** `pre` is x W + b, kept for GELU's gradient. */
type Saved = { x: Tensor2D; weight: Tensor2D; pre?: Tensor | undefined };
interface Settings {
  gelu: boolean;
}

export type Linear = Differentiable<X, Settings, Saved>;
export const LINEAR: Ways<Linear> = {
  webgpu: linearOnGpu,
  reference: {
    forward({ x, weight, bias, residual }, { gelu }) {
      const product = tf.matMul(x, weight);
      const pre = bias ? tf.add(product, bias) : product;
      const act = gelu ? geluForward(pre) : pre;
      return { y: residual ? tf.add(act, residual) : act, saved: { x, weight, pre: gelu ? pre : undefined } };
    },
    backward(dy, { x, weight, pre }) {
      const du = (pre ? geluBackward(dy, pre) : dy) as Tensor2D;
      return {
        x: tf.matMul(du, tf.transpose(weight)),
        weight: tf.matMul(tf.transpose(x), du),
        // Not tf.sum: du lies ready for wasm's product already, and a sum over rows would turn it first.
        bias: tf.reshape(tf.matMul(tf.ones<Rank.R2>([1, du.shape[0]]), du), [du.shape[1]]),
        residual: tf.clone(dy as Tensor2D),
      };
    },
  },
};
