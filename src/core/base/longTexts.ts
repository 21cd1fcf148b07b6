/** Texts longer than a classifier's input. */
import { counted, formatCount } from './units';

export interface LongTexts {
  /** Number of labeled texts, and of those longer than `room` tokens. */
  of: number;
  texts: number;
  /** Maximum tokens of a text, without special tokens around it. */
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

/** Step and maximum of a proposed context, in tokens: attention cost grows with its square. */
const [STEP, MAX_PROPOSED] = [64, 2048];

/**
 * Context length in which all texts fit; undefined if too long to propose.
 * @param context context length that leaves `room` tokens for a text
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
