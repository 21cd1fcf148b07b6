/** Measures of a quality filter on a document, and its verdict. */
import type { Verdict } from '../rules/rule';

export interface Measure {
  value: number;
  /** In a sentence after the value: `of lines end with an ellipsis`. */
  says: string;
  format(value: number): string;
  least?: number;
  most?: number;
}

/** Decides by the first measure out of bounds. */
export function judge(measures: Readonly<Record<string, Measure>>): Verdict {
  const scores = Object.fromEntries(Object.entries(measures).map(([name, { value }]) => [name, value]));
  for (const { value, says, format, least = -Infinity, most = Infinity } of Object.values(measures)) {
    if (value < least) return { scores, out: `${format(value)} ${says}; the minimum is ${format(least)}` };
    if (value > most) return { scores, out: `${format(value)} ${says}; the maximum is ${format(most)}` };
  }
  return { scores };
}

/** The share of a part; 0 if the whole is 0. */
export const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
