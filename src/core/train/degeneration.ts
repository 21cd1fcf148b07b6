/** Detects degenerate generated text: empty, undecodable or repetitive. */
import { drawn, type Shown } from '../objectives/shown';

interface Degeneration {
  why: 'empty' | 'undecodable' | 'repeats';
  /** Share of undecodable characters, of characters in one repeated passage, or of one repeated word; 0 to 1. */
  share: number;
}

/**
 * Largest share in acceptable text. None of 12,505 passages from Moby Dick (80 to 300 characters) and 5 of 146,870 from
 * State of the Union (tables) exceed it.
 */
export const MAX_SHARE = 0.5;
/** Minimum length of a text that can count as repetitive, in characters and words. */
const MIN_CHARACTERS = 20;
const MIN_WORDS = 10;
/** Minimum number of consecutive copies of a passage that count as repetition. */
const MIN_COPIES = 3;
/** Number of characters to search, from the end; the search takes quadratic time. */
const MAX_CHARACTERS = 1000;

/** Returns null if the text isn't degenerate. */
export function degenerationOf(text: string): Degeneration | null {
  if (text.trim() === '') return { why: 'empty', share: 1 };
  const undecodable = 1 - drawn(text).length / text.length;
  if (undecodable > MAX_SHARE) return { why: 'undecodable', share: undecodable };
  const words = drawn(text).trim().split(/\s+/);
  const share = Math.max(repeatedPassage(words.join(' ').slice(-MAX_CHARACTERS)), repeatedWord(words));
  return share > MAX_SHARE ? { why: 'repeats', share } : null;
}

/** Generated part of a sample, without the prompt; undefined for filled blanks and answers. */
export function writtenIn(sample: Shown, prompt: string): string | undefined {
  if (typeof sample !== 'string') return undefined;
  return sample.startsWith(prompt) ? sample.slice(prompt.length) : sample;
}

/** Share of the longest stretch that repeats a passage at least `MIN_COPIES` times, whatever the passage's length. */
function repeatedPassage(text: string): number {
  const { length } = text;
  if (length < MIN_CHARACTERS) return 0;
  let longest = 0;
  for (let period = 1; period * MIN_COPIES <= length; period++) {
    let same = 0;
    for (let i = period; i < length; i++) {
      same = text[i] === text[i - period] ? same + 1 : 0;
      if (same >= (MIN_COPIES - 1) * period) longest = Math.max(longest, same + period);
    }
  }
  return longest / length;
}

/** Share of the most common word. */
function repeatedWord(words: readonly string[]): number {
  if (words.length < MIN_WORDS) return 0;
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Math.max(...counts.values()) / words.length;
}
