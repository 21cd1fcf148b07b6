/**
 * One step of Muon, for matrices, in place.
 *
 *   g' = g min(1, clip / norm)        m <- momentum m + (1 - momentum) g'        u = momentum m + (1 - momentum) g'
 *   w <- w - rate (0.2 sqrt(max(R, C)) O(u) + decay w)        O: see newtonSchulz.ts
 *
 * u uses Nesterov momentum. Each matrix joined in one weight [R, C1 + C2 + ...], such as q | k | v, is separate.
 * rates [1 or more] f32: the learning rate first
 * Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon. The scale matches AdamW's step, so that both
 * use one rate and one decay: Liu et al. 2025, "Muon is Scalable for LLM Training", arXiv:2502.16982, equation 4.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { muonOnGpu } from './muon.wgsl';
import { muonScale } from './muonScale';
import { newtonSchulz } from './newtonSchulz';
import { pick, type Implementations } from './op';
import { clipFactor, type Slot } from './update';

export interface MuonSlot extends Slot {
  m: Variable;
  /** Columns of each matrix joined in the weight; a single number for one matrix. */
  widths: readonly number[];
}
export interface MuonSettings {
  momentum: number;
  weightDecay: number;
  /** 0 disables clipping. */
  clip: number;
}
export type MuonUpdate = (slots: readonly MuonSlot[], rates: Tensor1D, norm: Scalar, settings: MuonSettings) => void;

export const muon: MuonUpdate = (...input) => {
  pick(MUON)(...input);
};

export const MUON: Implementations<MuonUpdate> = {
  webgpu: muonOnGpu,
  reference: (slots, rates, norm, { momentum, weightDecay, clip }) => {
    tf.tidy(() => {
      const rate = tf.slice(rates, 0, 1);
      const factor = clipFactor(norm, clip);
      for (const { parameter, gradient, m, widths, decay } of slots) {
        tf.tidy(() => {
          const g = tf.mul(tf.mul(gradient, factor), 1 - momentum);
          m.assign(tf.add(tf.mul(m, momentum), g));
          const u = tf.add<Tensor2D>(tf.mul(m, momentum), g);
          const parts = tf.split<Tensor2D>(u, [...widths], 1);
          const step = tf.concat(
            parts.map((part) => tf.mul(newtonSchulz(part), muonScale(...part.shape))),
            1,
          );
          const decayedStep = decay ? tf.add(step, tf.mul(parameter, weightDecay)) : step;
          parameter.assign(tf.sub(parameter, tf.mul(decayedStep, rate)));
        });
      }
    });
  },
};
