/**
 * Words that reveal a label: in nearly all texts of one label, and in nearly none of the others. A classifier learns
 * them first and is right for the wrong reason.
 */
export interface Leak {
  word: string;
  label: string;
  /** Texts with the word, among those with the label and among the others. */
  within: Share;
  without: Share;
  /** Lower bound of the difference of the two shares, with 97.5 % confidence. */
  above: number;
}
interface Share {
  texts: number;
  of: number;
}

/** Counts words by label. */
export class WordsByLabel {
  private texts = 0;
  private readonly ofLabel = new Map<string, number>();
  /** Texts by word and label. */
  private readonly counts = new Map<string, Map<string, number>>();

  add(text: string, labels: readonly string[]): void {
    this.texts++;
    for (const label of labels) this.ofLabel.set(label, (this.ofLabel.get(label) ?? 0) + 1);
    for (const word of new Set(text.toLowerCase().match(WORD))) {
      const own = this.counts.get(word) ?? new Map<string, number>();
      this.counts.set(word, own);
      for (const label of [...labels, ANY]) own.set(label, (own.get(label) ?? 0) + 1);
    }
  }

  /** Returns the leaks, strongest first. */
  leaks(): readonly Leak[] {
    const found: Leak[] = [];
    for (const [word, own] of this.counts)
      for (const [label, texts] of own) {
        if (label === ANY) continue;
        const of = this.ofLabel.get(label)!;
        const within = { texts, of };
        const without = { texts: own.get(ANY)! - texts, of: this.texts - of };
        if (without.of === 0 || texts / of - without.texts / without.of < MIN) continue;
        const above = leastDifference(within, without);
        if (above >= MIN) found.push({ word, label, within, without, above });
      }
    return found.sort((a, b) => b.above - a.above || (a.word < b.word ? -1 : 1)).slice(0, MAX_LISTED);
  }
}
/** Splits a text into pieces that alternate between other text and the word. The first piece may be empty. */
export function splitAtWord(text: string, word: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(WORD)) {
    if (found.toLowerCase() !== word) continue;
    pieces.push(text.slice(from, index), found);
    from = index + found.length;
  }
  return [...pieces, text.slice(from)];
}
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;
/** Key for all texts. No label equals it, because labels are trimmed. */
const ANY = ' ';
const MIN = 0.75;
const MAX_LISTED = 20;

/**
 * Lower bound. Source: Newcombe 1998, "Interval Estimation for the Difference Between Independent Proportions", method
 * 10, without continuity correction.
 */
function leastDifference(one: Share, other: Share): number {
  const [p, q] = [one.texts / one.of, other.texts / other.of];
  return p - q - Math.hypot(p - wilson(one, -1), wilson(other, 1) - q);
}

/** 95 % confidence bound of a share. Source: Wilson 1927. @param side -1: lower, 1: upper */
function wilson({ texts, of }: Share, side: -1 | 1): number {
  const p = texts / of;
  const spread = Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of));
  return (p + (Z * Z) / (2 * of) + side * Z * spread) / (1 + (Z * Z) / of);
}
const Z = 1.959964;
