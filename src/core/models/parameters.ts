/** Shared building blocks of specs: common fields, parameters with GPT-2's initialization, and shapes by size. */
import { real, whole } from '../base/field';
import { LOGIT_BYTES } from '../ops/logitBytes';
import type { BaseConfig, Parameter } from './spec';

export const headsField = (max: number) =>
  whole({ label: 'Heads', hint: 'divides the width', help: 'Heads, divides the width', min: 1, max, initial: 4 });
export const widthField = (max: number) =>
  whole({
    label: 'Width',
    hint: 'multiple of the heads',
    help: 'Width, a multiple of the heads',
    min: 8,
    max,
    initial: 128,
  });
export const normEpsilonField = (initial: number) =>
  real({
    label: 'Norm epsilon',
    hint: 'avoids division by 0',
    min: 1e-12,
    max: 0.1,
    step: 1e-6,
    initial,
    row: 'seldom',
  });

/** Inner width, in whole 32s, of a gated feed-forward as large as an ungated one of 4 x width (arXiv:2002.05202). */
export const gatedWidth = (width: number): number => 32 * Math.ceil(width / 12);

/** Weight drawn from a normal distribution. */
export const weight = (shape: readonly number[], group: string, std = STD): Parameter => ({
  shape,
  init: { std },
  group,
  decay: true,
});
/** Matrix of a linear layer, [in, out]. */
export const matrix = (...given: Parameters<typeof weight>): Parameter => ({ ...weight(...given), linear: true });
/** Vector of a norm, or a bias. */
export const vector = (size: number, group: string, init: 'ones' | 'zeros' = 'zeros'): Parameter => ({
  shape: [size],
  init,
  group,
  decay: false,
});
const STD = 0.02;
/** Standard deviation of matrices that write to the residual stream, twice a layer: keeps its variance flat. */
export const residualStd = (layers: number): number => STD / Math.sqrt(2 * layers);

/** Returns the shape with the nearest number of weights, by ratio; the first one in a tie. */
export function nearestShape<C extends BaseConfig>(
  shapes: readonly C[],
  parameters: number,
  count: (config: C) => number,
): C {
  const distance = (config: C): number => Math.abs(Math.log(count(config) / parameters));
  return shapes.reduce((best, shape) => (distance(shape) < distance(best) ? shape : best));
}

/** Bytes of a block of token scores; negligible for a classifier. */
export const logitBytes = ({ classes }: BaseConfig, tokens: number, vocabulary: number): number =>
  classes ? 0 : Math.min(4 * tokens * vocabulary, LOGIT_BYTES);
