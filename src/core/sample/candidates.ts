/** What could stand in a blank of a passage. */
import { type Passage, wordIn } from '../tokenizer/passage';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { distribution } from './sampleToken';

export interface Candidate {
  id: number;
  /** As it stands in the passage, the space before it too. */
  text: string;
  probability: number;
}
export interface Filled {
  /** The passage around its blanks: one more than there are. */
  pieces: readonly string[];
  /** Of each blank the likeliest, the best first; special tokens are none. */
  blanks: readonly (readonly Candidate[])[];
}

/** The `max` likeliest in blank number `blank`. scores: of every token there, [vocabulary] */
export function candidates(
  tokenizer: Tokenizer,
  passage: Passage,
  blank: number,
  scores: Float32Array,
  max: number,
): readonly Candidate[] {
  const { order, probability } = distribution(scores);
  const found: Candidate[] = [];
  for (const id of order) {
    if (found.length === max) break;
    if (tokenizer.bytes(id).length === 0) continue;
    found.push({ id, text: wordIn(tokenizer, passage, blank, id), probability: probability(id) });
  }
  return found;
}

/** The passage with the likeliest in each blank. */
export const likeliestText = ({ pieces, blanks }: Filled): string =>
  pieces.map((piece, i) => piece + (blanks[i]?.[0]?.text ?? '')).join('');
