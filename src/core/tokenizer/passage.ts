/** A passage with blanks for an encoder to fill. */
import { badSettings } from '../base/errors';
import type { Tokenizer } from './tokenizer';

/** A text in pieces, with a blank between adjacent ones. */
export interface Passage {
  /** Pieces, one more than blanks. */
  pieces: readonly string[];
  /** Whitespace before each blank, which no piece includes. */
  spaces: readonly string[];
}

/** Text that the user writes for a blank; plain text everywhere else. */
export const BLANK = '[MASK]';
const BLANKS = /(\s?)(?:\[MASK\]|_{3,})/;

export const countBlanks = (text: string): number => Math.floor(text.split(BLANKS).length / 2);
/** Whether a text has a blank; with a tokenizer, also accepts the spelling of its mask token. */
export const hasBlank = (text: string, tokenizer?: Tokenizer): boolean => splitAtBlanks(text, tokenizer).length > 1;

/**
 * Splits a text at its blanks: `[MASK]`, `___`, or the spelling of the tokenizer's mask token.
 * @throws HomegrownError `bad-settings` if there is no blank
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
 * Ids of a passage with the special tokens around a text, and the indices of its blanks.
 * @throws HomegrownError `bad-settings` if the tokenizer has no mask token
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

/** Text of a token in blank number `blank` of a passage, with the space before it. */
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
 * Location of the space before a blank. `token`: in the masked token. `passage`: in the passage, as a token or byte of
 * its own. `piece`: in neither; a word piece has no space before it, and other tokens have the passage's.
 */
export function spacing({ model: { kind } }: Tokenizer): 'token' | 'passage' | 'piece' {
  if (kind === 'wordpiece') return 'piece';
  return kind === 'bpe' || kind === 'unigram' ? 'token' : 'passage';
}
