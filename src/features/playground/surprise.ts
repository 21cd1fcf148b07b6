/** How surprised the model was by its own choice, as it says before temperature, top-k and top-p. */
import type { GeneratedToken } from '../../protocol/gpu';
import type { RampStep, TokenView } from '../../ui';

export const bits = (probability: number): number => -Math.log2(Math.max(probability, Number.MIN_VALUE));

/** Bits at which the underline becomes a step heavier: 1 bit = one of two, 6 bits = one of 64. */
const STEPS = [0.7, 1.5, 3, 5] as const;

export function tokenView({ text, probability }: GeneratedToken, isMarked: boolean): TokenView {
  const step = STEPS.filter((least) => bits(probability) >= least).length as RampStep;
  return { text, step: isMarked ? step : 0, ...(text === '' && { isByte: true }) };
}

/** Mean bits a token; undefined without any. */
export const meanBits = (tokens: readonly GeneratedToken[]): number | undefined =>
  tokens.length === 0 ? undefined : tokens.reduce((sum, { probability }) => sum + bits(probability), 0) / tokens.length;
