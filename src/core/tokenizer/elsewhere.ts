/** Imported tokenizers, which keep their ids, split and special tokens here and in every export. */
import { badFile } from '../base/errors';
import { CHARACTER_OF_BYTE, unspell } from './alphabet';
import type { SpecialToken } from './special';
import type { Elsewhere, TokenizerModel } from './tokenizer';

/** Numbering of a tokenizer's tokens. */
export interface Numbering {
  size: number;
  /** Special tokens in order of id. */
  special: readonly SpecialToken[];
  /** [byte] -> id; -1 if the byte has no token and is dropped when encoding. */
  ofByte: Int32Array;
  /** [merge] -> resulting id. */
  made: Uint32Array;
  /** [id] -> bytes; none for a special token. */
  pieces: readonly Uint8Array[];
}

/**
 * @throws HomegrownError `bad-file` if a merge joins or makes an id without a token, or an added token has no text
 */
export function numberingOf(merges: TokenizerModel['merges'], { spellings, added }: Elsewhere): Numbering {
  const pieces = spellings.map((spelling) => unspell(spelling) ?? NOTHING);
  const special = added.map(({ id, role }) => {
    const text = spellings[id];
    if (!text) throw damaged(`The tokenizer has an added token ${id} without text`);
    pieces[id] = NOTHING;
    return { text, id, ...(role && { role }) };
  });
  const ids = new Map<string, number>();
  for (const [id, spelling] of spellings.entries()) if (pieces[id]!.length > 0) ids.set(spelling, id);
  const made = Uint32Array.from(merges, ([left, right], i) => {
    const [a, b] = [pieces[left]?.length, pieces[right]?.length].every(Boolean)
      ? [spellings[left]!, spellings[right]!]
      : ['', ''];
    const id = ids.get(a + b);
    if (id === undefined)
      throw damaged(`Merge ${i + 1} of the tokenizer joins tokens ${left} and ${right}, but the result is not a token`);
    return id;
  });
  const ofByte = Int32Array.from(CHARACTER_OF_BYTE, (character) => ids.get(character) ?? -1);
  return { size: spellings.length, special, ofByte, made, pieces };
}
const NOTHING = new Uint8Array();

export const damaged = (reason: string): Error =>
  badFile(`${reason}.`, 'Download the tokenizer again, or use another.');

/** Bytes without a token, which encoding drops, like in the original tokenizer. */
export const missingBytes = ({ elsewhere }: TokenizerModel): readonly number[] => {
  if (!elsewhere) return [];
  const known = new Set(elsewhere.spellings);
  return CHARACTER_OF_BYTE.flatMap((character, byte) => (known.has(character) ? [] : [byte]));
};
