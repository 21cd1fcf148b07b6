/**
 * Angles in turns, from a frequency in two parts. Its first 12 bits times the lower and upper 12 bits of a position are
 * exact, also after whole turns are removed. The small rest is accurate to 1e-6 turns up to position 131,072. WGSL
 * promises only 11 bits of sin and cos; these polynomials are accurate to f32.
 */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { dispatch, kernels, overElements } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Differentiable } from './op';
import type { Saved, Settings, X } from './rope';

export const ropeOnGpu: Differentiable<X, Settings, Saved> = {
  forward: ({ x, offsets }, settings) => ({ y: rotated(x, offsets, settings, 1), saved: { offsets } }),
  backward: (dy, { offsets }, settings) => ({ x: rotated(dy, offsets, settings, -1) }),
};

function rotated(x: Tensor, offsets: Tensor1D | undefined, settings: Settings, sign: 1 | -1): Tensor {
  const [BT, W] = x.shape as [number, number];
  const y = emptyTensor([BT, W], 'float32');
  const frequencies = tf.tensor(frequenciesOf(settings), [settings.headSize / 2, 2]);
  dispatch(kernel(BT, W, settings.rows, settings.heads, settings.headSize, sign, offsets !== undefined), {
    x,
    frequencies,
    offsets,
    y,
  });
  frequencies.dispose();
  return y;
}

/** Turns per position, [D / 2, 2]: 12 bits, and the rest. */
export function frequenciesOf({ headSize, base }: Pick<Settings, 'headSize' | 'base'>): Float32Array {
  return Float32Array.from({ length: headSize }, (_, n) => {
    const turns = base ** (-(n - (n % 2)) / headSize) / (2 * Math.PI);
    const unit = 2 ** (Math.floor(Math.log2(turns)) - 11);
    const main = Math.round(turns / unit) * unit;
    return n % 2 === 0 ? main : turns - main;
  });
}

/** Declares `cosine` and `sine` of pair `pair` in row `t`; needs `frequencies` and, with `hasOffsets`, `offsets`. */
export const angle = (
  T: number,
  hasOffsets: boolean,
  sign: 1 | -1,
): string => `let place = t % ${T}u${hasOffsets ? ` + u32(offsets[t / ${T}u])` : ''};
  let low = place & 4095u;
  let frequency = frequencies[pair];
  let turns = fract(f32(low) * frequency.x) + fract(f32(place - low) * frequency.x) + f32(place) * frequency.y;
  let quarters = round(4.0 * turns);
  let r = (turns - 0.25 * quarters) * 6.2831853;
  let r2 = r * r;
  let s = r + r * r2 * (-1.6666654611e-1 + r2 * (8.3321608736e-3 - r2 * 1.9515295891e-4));
  let k = 1.0 - 0.5 * r2 + r2 * r2 * (4.166664568298827e-2 + r2 * (-1.388731625493765e-3 + r2 * 2.443315711809948e-5));
  let quadrant = u32(i32(quarters)) & 3u;
  let swapped = (quadrant & 1u) == 1u;
  let cosine = select(k, s, swapped) * select(1.0, -1.0, quadrant == 1u || quadrant == 2u);
  let sine = select(s, k, swapped) * select(1.0, -1.0, quadrant >= 2u) * ${sign}.0;`;

/** One thread per pair of a rotated head, then one per copied column. */
const kernel = kernels(
  (BT: number, W: number, B: number, heads: number, D: number, sign: 1 | -1, hasOffsets: boolean) => {
    const half = D / 2;
    const pairs = heads * half;
    const across = pairs + W - heads * D;
    return {
      name: 'rope',
      bindings: {
        x: ['read', 'f32'],
        frequencies: ['read', 'vec2f'],
        ...(hasOffsets && { offsets: ['read', 'i32'] as const }),
        y: ['write', 'f32'],
      } as const,
      ...overElements(
        BT * across,
        `let t = i / ${across}u;
  let c = i % ${across}u;
  if (c >= ${pairs}u) {
    let at = t * ${W}u + c + ${heads * D - pairs}u;
    y[at] = x[at];
    return;
  }
  let pair = c % ${half}u;
  ${angle(BT / B, hasOffsets, sign)}
  let at = t * ${W}u + c / ${half}u * ${D}u + pair;
  let a = x[at];
  let b = x[at + ${half}u];
  y[at] = a * cosine - b * sine;
  y[at + ${half}u] = b * cosine + a * sine;`,
      ),
    };
  },
);
