/** Kinds of tokens, by their bytes and by what precedes them. */
import { wordsOf } from '../objectives/masks';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** Kinds with their headings. A token of several kinds has the kind of its first character, ignoring whitespace. */
export const TOKEN_KINDS = {
  word: 'Words',
  piece: 'Word pieces',
  name: 'Capitalized mid-sentence',
  number: 'Numbers',
  punctuation: 'Punctuation',
  space: 'Whitespace',
  special: 'Special tokens',
} as const;
export type TokenKind = keyof typeof TOKEN_KINDS;

/** Kind of each token of a document. */
export function kindsOf(ids: Uint32Array, tokenizer: Tokenizer): readonly TokenKind[] {
  const kinds = new Array<TokenKind>(ids.length).fill('piece');
  const decoder = new TextDecoder();
  const seen = new Map<number, string>();
  const textOf = (id: number): string => {
    const text = seen.get(id) ?? decoder.decode(tokenizer.bytes(id));
    seen.set(id, text);
    return text;
  };
  let before = '';
  let at = 0;
  const pass = (to: number): void => {
    for (; at < to; at++) before = textOf(ids[at]!).trimEnd().at(-1) ?? before;
  };
  for (const [place, id] of ids.entries()) if (tokenizer.bytes(id).length === 0) kinds[place] = 'special';
  for (const { from, to } of wordsOf(ids, tokenizer)) {
    pass(from);
    kinds[from] = kindOf(textOf(ids[from]!), before);
    for (let place = from + 1; place < to; place++) if (/^\p{N}/u.test(textOf(ids[place]!))) kinds[place] = 'number';
  }
  return kinds;
}

/** @param before last character before the token that isn't whitespace; empty at the beginning */
function kindOf(text: string, before: string): TokenKind {
  const own = text.trimStart();
  if (own === '') return 'space';
  if (/^\p{N}/u.test(own)) return 'number';
  if (/^\p{Lu}/u.test(own)) return before === '' || ENDS_SENTENCE.test(before) ? 'word' : 'name';
  // Bytes that only begin a character usually belong to a letter.
  return /^[\p{L}\p{M}\uFFFD]/u.test(own) ? 'word' : 'punctuation';
}
/** Includes marks that may end one: a capital after a quotation mark or a colon shows nothing. */
const ENDS_SENTENCE = /[.!?…:;"'“”‘’«»()[\]—–-]/u;
