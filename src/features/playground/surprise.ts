/** Surprisal of generated tokens, from probabilities before temperature, top-k and top-p. */
import { hex } from '../../core/tokenizer/entryBytes';
import type { GeneratedToken } from '../../protocol/gpu';
import { surpriseStep, type TokenView } from '../../ui';

/** Surprisal in bits. */
export const bits = (probability: number): number => -Math.log2(Math.max(probability, Number.MIN_VALUE));

/** Token with its underline step: surprisal relative to that of a uniform prediction. */
export function tokenView({ text, bytes, probability }: GeneratedToken, vocabulary: number): TokenView {
  return { text, bytes: hex(bytes), step: surpriseStep(bits(probability) / Math.log2(vocabulary)) };
}

/** Mean bits per token; undefined without tokens. */
export const meanBits = (tokens: readonly GeneratedToken[]): number | undefined =>
  tokens.length === 0 ? undefined : tokens.reduce((sum, { probability }) => sum + bits(probability), 0) / tokens.length;
