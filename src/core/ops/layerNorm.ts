/**
 * LayerNorm: centers each row, divides it by its standard deviation, then scales and shifts each column.
 *
 *   y = (x - mean) rstd gain + bias      rstd = (variance + epsilon)^(-1/2), variance over the row, biased
 *
 * x, y [N, C]   gain, bias [C], bias 0 if absent   epsilon > 0, in units of x^2
 * Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type OnHeap } from '../gpu/wasmTensors';
import { normBackward, normForward } from './norm.wgsl';
import { type Differentiable, run, runWithResidual, type Implementations } from './op';
import { byPasses, overwrite, runPass } from './pass';

export const layerNorm = (x: Tensor2D, gain: Tensor, bias?: Tensor, epsilon = 1e-5): Tensor2D =>
  run(LAYER_NORM, { x, gain, bias }, { epsilon }) as Tensor2D;

/** LayerNorm at the start of a residual branch: `residual` is x again, for the sum at the branch's end. */
export const layerNormWithResidual = (
  x: Tensor2D,
  gain: Tensor,
  bias?: Tensor,
  epsilon = 1e-5,
): [y: Tensor2D, residual: Tensor2D] =>
  runWithResidual(LAYER_NORM, { x, gain, bias }, { epsilon }, 'x') as [Tensor2D, Tensor2D];

type X = { x: Tensor; gain: Tensor; bias?: Tensor | undefined };
/** mean, rstd [N, 1]. */
type Saved = Omit<X, 'bias'> & { mean: Tensor; rstd: Tensor };
interface Settings {
  epsilon: number;
}

const onGpu: Differentiable<X, Settings, Omit<X, 'bias'> & { stats: Tensor }> = {
  forward({ x, gain, bias }, { epsilon }) {
    const { y, stats } = normForward(x, gain, { bias }, true, epsilon);
    return { y, saved: { x, gain, stats } };
  },
  backward: (dy, saved, _, needsGradient, residualGradient) =>
    normBackward(dy, saved, true, needsGradient, residualGradient),
};

const reference: Differentiable<X, Settings, Saved> = {
  forward({ x, gain, bias }, { epsilon }) {
    const mean = tf.mean(x, 1, true);
    const centered = tf.sub(x, mean);
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon));
    const scaled = tf.mul(tf.mul(centered, rstd), gain);
    return { y: bias ? tf.add(scaled, bias) : scaled, saved: { x, gain, mean, rstd } };
  },
  /** dx = rstd (g - mean(g) - n mean(g n)), g = dy gain, n = (x - mean) rstd; the means are over the row. */
  backward(dy, { x, gain, mean, rstd }, _, needsGradient, residualGradient) {
    const n = tf.mul(tf.sub(x, mean), rstd);
    const dx = (): Tensor => {
      const g = tf.mul(dy, gain);
      const projection = tf.mul(n, tf.mean(tf.mul(g, n), 1, true));
      return tf.mul(rstd, tf.sub(tf.sub(g, tf.mean(g, 1, true)), projection));
    };
    return {
      x: needsGradient.x && (residualGradient ? tf.add(dx(), residualGradient) : dx()),
      gain: needsGradient.gain && tf.sum(tf.mul(dy, n), 0),
      bias: needsGradient.bias && tf.sum(dy, 0),
    };
  },
};

/** The same in passes over the heap. */
const inPasses = (heap: OnHeap): Differentiable<X, Settings, Saved> => ({
  forward({ x, gain, bias }, { epsilon }) {
    const shape = x.shape as [number, number];
    const mean = runPass(heap, 'mean', { x }, shape);
    const rstd = runPass(heap, 'rstd', { x, mean, epsilon }, shape);
    const y = bias
      ? runPass(heap, 'layerNormWithBias', { x, mean, rstd, gain, bias }, shape)
      : runPass(heap, 'layerNorm', { x, mean, rstd, gain }, shape);
    return { y, saved: { x, gain, mean, rstd } };
  },
  backward(dy, { x, gain, mean, rstd }, _, needsGradient, residualGradient) {
    const shape = x.shape as [number, number];
    const rows = { x, mean, rstd, dy };
    const dx = (): Tensor => {
      const meanOfG = runPass(heap, 'meanOfG', { dy, gain }, shape);
      const meanOfGN = runPass(heap, 'meanOfGN', { ...rows, gain }, shape);
      const gradient = runPass(heap, 'layerNormBackward', { ...rows, gain, meanOfG, meanOfGN }, shape) as Tensor2D;
      if (residualGradient) overwrite(heap, 'addResidual', { x: gradient, residual: residualGradient }, gradient);
      return gradient;
    };
    return {
      x: needsGradient.x && dx(),
      gain: needsGradient.gain && runPass(heap, 'layerNormGain', rows, shape),
      bias: needsGradient.bias && runPass(heap, 'sumOfRows', { x: dy }, shape),
    };
  },
});

export const LAYER_NORM: Implementations<Differentiable<X, Settings>> = {
  webgpu: onGpu,
  host: byPasses(reference, inPasses),
  reference,
};
