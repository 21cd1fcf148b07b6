/**
 * RMSNorm: divides each row by its root mean square, then scales each column. LayerNorm without the mean.
 *
 *   y = x rrms gain + r      rrms = (mean(x^2) + epsilon)^(-1/2), mean over the row
 *
 * x, y [N, C]   gain [C]   residual r [N, C], 0 if absent   epsilon > 0, in units of x^2
 * Source: Zhang & Sennrich 2019, arXiv:1910.07467.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type OnHeap } from '../gpu/wasmTensors';
import { normBackward, normForward } from './norm.wgsl';
import { anyNeedsGradient, type Differentiable, run, runWithResidual, type Implementations } from './op';
import { byPasses, overwrite, runPass } from './pass';

export const rmsNorm = (x: Tensor2D, gain: Tensor, epsilon = 1e-6, residual?: Tensor2D): Tensor2D =>
  run(RMS_NORM, { x, gain, residual }, { epsilon }) as Tensor2D;

/** RMSNorm at the start of a residual branch: `residual` is x again, for the sum at the branch's end. */
export const rmsNormWithResidual = (x: Tensor2D, gain: Tensor, epsilon = 1e-6): [y: Tensor2D, residual: Tensor2D] =>
  runWithResidual(RMS_NORM, { x, gain }, { epsilon }, 'x') as [Tensor2D, Tensor2D];

type X = { x: Tensor; gain: Tensor; residual?: Tensor | undefined };
/** rrms [N, 1]. */
type Saved = Omit<X, 'residual'> & { rrms: Tensor };
interface Settings {
  epsilon: number;
}

const onGpu: Differentiable<X, Settings, Omit<X, 'residual'> & { stats: Tensor }> = {
  forward({ x, gain, residual }, { epsilon }) {
    const { y, stats } = normForward(x, gain, { residual }, false, epsilon);
    return { y, saved: { x, gain, stats } };
  },
  backward(dy, saved, _, needsGradient, residualGradient) {
    const isNormed = anyNeedsGradient(needsGradient, 'x', 'gain');
    return {
      ...(isNormed && normBackward(dy, saved, false, needsGradient, residualGradient)),
      residual: needsGradient.residual && tf.clone(dy),
    };
  },
};

const reference: Differentiable<X, Settings, Saved> = {
  forward({ x, gain, residual }, { epsilon }) {
    const rrms = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), epsilon));
    const y = tf.mul(tf.mul(x, rrms), gain);
    return { y: residual ? tf.add(y, residual) : y, saved: { x, gain, rrms } };
  },
  /** dx = rrms (g - n mean(g n)), g = dy gain, n = x rrms; the mean is over the row. */
  backward(dy, { x, gain, rrms }, _, needsGradient, residualGradient) {
    const n = tf.mul(x, rrms);
    const dx = (): Tensor => {
      const g = tf.mul(dy, gain);
      return tf.mul(rrms, tf.sub(g, tf.mul(n, tf.mean(tf.mul(g, n), 1, true))));
    };
    return {
      x: needsGradient.x && (residualGradient ? tf.add(dx(), residualGradient) : dx()),
      gain: needsGradient.gain && tf.sum(tf.mul(dy, n), 0),
      residual: needsGradient.residual && tf.clone(dy),
    };
  },
};

/** The same in passes over the heap. */
const inPasses = (heap: OnHeap): Differentiable<X, Settings, Saved> => ({
  forward({ x, gain, residual }, { epsilon }) {
    const shape = x.shape as [number, number];
    const rrms = runPass(heap, 'rrms', { x, epsilon }, shape);
    const y = runPass(heap, 'rmsNorm', { x, rrms, gain }, shape) as Tensor2D;
    if (residual) overwrite(heap, 'addResidual', { x: y, residual }, y);
    return { y, saved: { x, gain, rrms } };
  },
  backward(dy, { x, gain, rrms }, _, needsGradient, residualGradient) {
    const shape = x.shape as [number, number];
    const dx = (): Tensor => {
      const meanOfGN = runPass(heap, 'rmsMeanOfGN', { x, rrms, dy, gain }, shape);
      const gradient = runPass(heap, 'rmsNormBackward', { x, rrms, dy, gain, meanOfGN }, shape) as Tensor2D;
      if (residualGradient) overwrite(heap, 'addResidual', { x: gradient, residual: residualGradient }, gradient);
      return gradient;
    };
    return {
      x: needsGradient.x && dx(),
      gain: needsGradient.gain && runPass(heap, 'rmsNormGain', { x, rrms, dy }, shape),
      residual: needsGradient.residual && tf.clone(dy),
    };
  },
});

export const RMS_NORM: Implementations<Differentiable<X, Settings>> = {
  webgpu: onGpu,
  host: byPasses(reference, inPasses),
  reference,
};
