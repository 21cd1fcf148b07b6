/** Kinds of tokens, by their bytes and by what precedes them. */
import { wordsOf } from '../objectives/masks';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** As headings. A token of several is what begins it, white space aside. */
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

/** Of each token of a document. */
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

/** @param before the last character before it that is not white; empty at the beginning */
function kindOf(text: string, before: string): TokenKind {
  const own = text.trimStart();
  if (own === '') return 'space';
  if (/^\p{N}/u.test(own)) return 'number';
  if (/^\p{Lu}/u.test(own)) return before === '' || ENDS_SENTENCE.test(before) ? 'word' : 'name';
  // Bytes that only begin a character are a letter's as a rule.
  return /^[\p{L}\p{M}\uFFFD]/u.test(own) ? 'word' : 'punctuation';
}
/** Or may: after a quotation mark or a colon a capital tells nothing. */
const ENDS_SENTENCE = /[.!?…:;"'“”‘’«»()[\]—–-]/u;
