/** Measures of a quality filter on a document, and its verdict. */
import type { Verdict } from '../rules/rule';

export interface Measure {
  value: number;
  /** Text after the value in a sentence: `of lines end with an ellipsis`. */
  says: string;
  format(value: number): string;
  min?: number;
  max?: number;
}

/** Decides by the first measure out of bounds. */
export function judge(measures: Readonly<Record<string, Measure>>): Verdict {
  const scores = Object.fromEntries(Object.entries(measures).map(([name, { value }]) => [name, value]));
  for (const { value, says, format, min = -Infinity, max = Infinity } of Object.values(measures)) {
    if (value < min) return { scores, out: `${format(value)} ${says}; the minimum is ${format(min)}` };
    if (value > max) return { scores, out: `${format(value)} ${says}; the maximum is ${format(max)}` };
  }
  return { scores };
}

/** The share of a part; 0 if the whole is 0. */
export const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
