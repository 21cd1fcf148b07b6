/** How surprised the model was by its own choice, as it says before temperature, top-k and top-p. */
import type { GeneratedToken } from '../../protocol/gpu';
import type { RampStep, TokenView } from '../../ui';

export const bits = (probability: number): number => -Math.log2(Math.max(probability, Number.MIN_VALUE));

/** Where the underline becomes a step heavier, as shares of the bits that guessing blindly among the vocabulary costs. */
const STEPS = [0.1, 0.25, 0.45, 0.58] as const;

export function tokenView({ text, probability }: GeneratedToken, vocabulary: number): TokenView {
  const share = bits(probability) / Math.log2(vocabulary);
  const step = STEPS.filter((least) => share >= least).length as RampStep;
  return { text, step };
}

/** Mean bits a token; undefined without any. */
export const meanBits = (tokens: readonly GeneratedToken[]): number | undefined =>
  tokens.length === 0 ? undefined : tokens.reduce((sum, { probability }) => sum + bits(probability), 0) / tokens.length;
