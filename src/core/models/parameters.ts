/** What specs make their forms, tables and sizes of: fields that are alike, parameters as GPT-2 begins them, the shape that a dial means. */
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

/** Inner width of a feed-forward that has with its gate the weights of one of four times the width without (arXiv:2002.05202); whole 32s. */
export const gatedWidth = (width: number): number => 32 * Math.ceil(width / 12);

/** Drawn from a normal distribution. */
export const weight = (shape: readonly number[], group: string, std = STD): Parameter => ({
  shape,
  init: { std },
  group,
  decay: true,
});
/** Of a linear layer, [in, out]. */
export const matrix = (...given: Parameters<typeof weight>): Parameter => ({ ...weight(...given), linear: true });
/** Of a norm, or a bias. */
export const vector = (size: number, group: string, init: 'ones' | 'zeros' = 'zeros'): Parameter => ({
  shape: [size],
  init,
  group,
  decay: false,
});
const STD = 0.02;
/** Of what is added to the residual stream, twice a layer: its variance stays flat in depth. */
export const residualStd = (layers: number): number => STD / Math.sqrt(2 * layers);

/** Of shapes the one whose count of weights is nearest, by ratio; of two the first. */
export function nearestShape<C extends BaseConfig>(
  shapes: readonly C[],
  parameters: number,
  count: (config: C) => number,
): C {
  const distance = (config: C): number => Math.abs(Math.log(count(config) / parameters));
  return shapes.reduce((best, shape) => (distance(shape) < distance(best) ? shape : best));
}

/** Bytes of a block of scores of tokens; a classifier's are next to none. */
export const logitBytes = ({ classes }: BaseConfig, tokens: number, vocabulary: number): number =>
  classes ? 0 : Math.min(4 * tokens * vocabulary, LOGIT_BYTES);
