/** Reference activations in f64, from their definitions. */
import type { Activation } from '../core/ops/activation';

/** Normal distribution by a series whose terms all have the same sign: Abramowitz & Stegun 1964, 26.2.11. */
function normalDistribution(x: number): number {
  if (Math.abs(x) > 12) return x > 0 ? 1 : 0;
  let [term, sum] = [x, 0];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    sum += term;
    term *= (x * x) / (2 * n + 1);
  }
  return 0.5 + sum * normalDensity(x);
}
const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

export const ACTIVATIONS_IN_F64: Readonly<Record<Activation, (x: number) => number>> = {
  'gelu-tanh': (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  'gelu-erf': (x) => x * normalDistribution(x),
  relu: (x) => Math.max(x, 0),
  silu: (x) => x / (1 + Math.exp(-x)),
};
/** Derivatives of the activations. */
export const SLOPES_IN_F64: Readonly<Record<Activation, (x: number) => number>> = {
  'gelu-tanh': (x) => {
    const t = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
    return (1 + t) / 2 + (x / 2) * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  },
  'gelu-erf': (x) => normalDistribution(x) + x * normalDensity(x),
  relu: (x) => (x > 0 ? 1 : 0),
  silu: (x) => {
    const s = 1 / (1 + Math.exp(-x));
    return s * (1 + x * (1 - s));
  },
};
export const ALL_ACTIVATIONS = Object.keys(ACTIVATIONS_IN_F64) as readonly Activation[];
