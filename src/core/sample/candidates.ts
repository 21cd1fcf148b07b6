/** Candidates for the blanks of a passage. */
import { type Passage, wordIn } from '../tokenizer/passage';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { distribution } from './sampleToken';

export interface Candidate {
  id: number;
  /** Text in the passage, including a space before it. */
  text: string;
  probability: number;
}
export interface Filled {
  /** Text around the blanks: one piece more than there are blanks. */
  pieces: readonly string[];
  /** Most probable candidates of each blank, best first, without special tokens. */
  blanks: readonly (readonly Candidate[])[];
}

/** The `max` most probable candidates of a blank. @param scores of every token there, [vocabulary] */
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

/** The passage with the best candidate in each blank. */
export const likeliestText = ({ pieces, blanks }: Filled): string =>
  pieces.map((piece, i) => piece + (blanks[i]?.[0]?.text ?? '')).join('');
