/** Texts that are longer than what a classifier reads of one. */
import { counted, formatCount } from './units';

export interface LongTexts {
  /** Texts with a label, and how many of them are longer than `room` tokens. */
  of: number;
  texts: number;
  /** Tokens that are read of a text, without what stands around it. */
  room: number;
  /** Tokens of the longest text. */
  longest: number;
}

/** Undefined if all fit. @param lengths in tokens */
export function longTexts(lengths: readonly number[], room: number): LongTexts | undefined {
  const texts = lengths.filter((tokens) => tokens > room).length;
  if (texts === 0) return undefined;
  return { of: lengths.length, texts, room, longest: lengths.reduce((a, b) => Math.max(a, b), 0) };
}

/** Multiple that a proposed context is rounded up to, and the longest that is proposed: attention costs its square. */
const [STEP, MAX_PROPOSED] = [64, 2048];

/**
 * The context in which all texts fit; undefined if it would be too long to propose.
 * @param context in which `room` tokens of a text fit
 */
export function fittingContext(
  { room, longest }: Pick<LongTexts, 'room' | 'longest'>,
  context: number,
): number | undefined {
  const fitting = STEP * Math.ceil((longest + context - room) / STEP);
  return fitting <= MAX_PROPOSED ? fitting : undefined;
}

/** `53 texts don't fit` */
export const longJudgement = ({ texts }: Pick<LongTexts, 'texts'>): string =>
  `${counted(texts, 'text')} ${texts === 1 ? "doesn't" : "don't"} fit`;

/** `Read to 192 tokens, rest cut` */
export const longEvidence = ({ room }: Pick<LongTexts, 'room'>): string =>
  `Read to ${formatCount(room)} tokens, rest cut`;
