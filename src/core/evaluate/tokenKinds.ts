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
  const texts = new Map<number, string>();
  const textOf = (id: number): string => {
    const text = texts.get(id) ?? decoder.decode(tokenizer.bytes(id));
    texts.set(id, text);
    return text;
  };
  let lastCharacter = '';
  let next = 0;
  const advance = (to: number): void => {
    for (; next < to; next++) lastCharacter = textOf(ids[next]!).trimEnd().at(-1) ?? lastCharacter;
  };
  for (const [index, id] of ids.entries()) if (tokenizer.bytes(id).length === 0) kinds[index] = 'special';
  for (const { from, to } of wordsOf(ids, tokenizer)) {
    advance(from);
    kinds[from] = kindOf(textOf(ids[from]!), lastCharacter);
    for (let index = from + 1; index < to; index++) if (/^\p{N}/u.test(textOf(ids[index]!))) kinds[index] = 'number';
  }
  return kinds;
}

/** @param previous last character before the token that isn't whitespace; empty at the beginning */
function kindOf(text: string, previous: string): TokenKind {
  const trimmed = text.trimStart();
  if (trimmed === '') return 'space';
  if (/^\p{N}/u.test(trimmed)) return 'number';
  if (/^\p{Lu}/u.test(trimmed)) return previous === '' || ENDS_SENTENCE.test(previous) ? 'word' : 'name';
  // Bytes that only begin a character usually belong to a letter.
  return /^[\p{L}\p{M}\uFFFD]/u.test(trimmed) ? 'word' : 'punctuation';
}
/** Includes marks that may end one: a capital after a quotation mark or a colon shows nothing. */
const ENDS_SENTENCE = /[.!?…:;"'“”‘’«»()[\]—–-]/u;
