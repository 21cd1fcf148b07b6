/** A passage with blanks, which a model that reads both ways fills. */
import { badSettings } from '../base/errors';
import type { Tokenizer } from './tokenizer';

/** A text in pieces, with a blank between each two of them. */
export interface Passage {
  /** One more than there are blanks. */
  pieces: readonly string[];
  /** White space before each blank, which is in no piece. */
  spaces: readonly string[];
}

/** What a person writes for a blank. Nowhere else is it more than its characters. */
export const BLANK = '[MASK]';
const BLANKS = /(\s?)(?:\[MASK\]|_{3,})/;

export const countBlanks = (text: string): number => Math.floor(text.split(BLANKS).length / 2);
/** Whether there is one; with a tokenizer also as it spells its mask. */
export const hasBlank = (text: string, tokenizer?: Tokenizer): boolean => splitAtBlanks(text, tokenizer).length > 1;

/**
 * Where its blanks are: `[MASK]`, `___`, or how the tokenizer's own mask is spelt.
 * @throws HomegrownError `bad-settings` where it has none
 */
export function readPassage(tokenizer: Tokenizer, text: string): Passage {
  const parts = splitAtBlanks(text, tokenizer);
  if (parts.length === 1)
    throw badSettings('The passage has no blank to fill.', `Write ${BLANK} or ___ where a word is hidden.`);
  const at = (odd: number) => parts.filter((_, i) => i % 2 === odd);
  return { pieces: at(0), spaces: at(1) };
}

function splitAtBlanks(text: string, tokenizer?: Tokenizer): string[] {
  const own = tokenizer?.special.find(({ role }) => role === 'mask')?.text;
  return (own === undefined ? text : text.replaceAll(own, BLANK)).split(BLANKS);
}

/**
 * Its ids, with what the model's makers put around a text, and where among them its blanks are.
 * @throws HomegrownError `bad-settings` where the tokenizer has no mask token
 */
export function passageIds(tokenizer: Tokenizer, { pieces, spaces }: Passage): { ids: number[]; places: number[] } {
  const mask = tokenizer.idOf('mask');
  const ids: number[] = tokenizer.begin === undefined ? [] : [tokenizer.begin];
  const places: number[] = [];
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) {
      places.push(ids.length);
      ids.push(mask);
    }
    ids.push(...tokenizer.encode(piece + (i < spaces.length && spacing(tokenizer) !== 'token' ? spaces[i]! : '')));
  }
  if (tokenizer.begin !== undefined) ids.push(tokenizer.idOf('separator'));
  return { ids, places };
}

/** What stands in a passage for a token in its blank number `blank`, the space before it too. */
export function wordIn(tokenizer: Tokenizer, { pieces, spaces }: Passage, blank: number, id: number): string {
  const decoder = tokenizer.decoder();
  const word = decoder.push(id) + decoder.end();
  const space = spaces[blank]!;
  const isFirst = blank === 0 && pieces[0] === '';
  switch (spacing(tokenizer)) {
    case 'token':
      return isFirst ? space + word.trimStart() : word;
    case 'passage':
      return space + word;
    case 'piece':
      return /^\s/.test(word) ? space + word.trimStart() : word;
  }
}

/**
 * Where the space before a blank is: in its token, so that the blank hides it too; in the passage, which has it as a token or
 * byte of its own; or nowhere, so that a piece of a word has none before it, and another the one of the passage.
 */
export function spacing({ model: { kind } }: Tokenizer): 'token' | 'passage' | 'piece' {
  if (kind === 'wordpiece') return 'piece';
  return kind === 'bpe' || kind === 'unigram' ? 'token' : 'passage';
}
