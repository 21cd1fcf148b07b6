/** Imported tokenizers: they keep their ids, split and special tokens, here and in every export. */
import { badFile } from '../base/errors';
import { CHARACTER_OF_BYTE, unspell } from './alphabet';
import type { SpecialToken } from './special';
import type { Elsewhere, TokenizerModel } from './tokenizer';

/** The ids of a tokenizer. */
export interface Numbering {
  size: number;
  /** In order of id. */
  special: readonly SpecialToken[];
  /** [byte] -> its id; -1 where it has none, and is left out of what is encoded. */
  ofByte: Int32Array;
  /** [merge] -> the id that it makes. */
  made: Uint32Array;
  /** [id] -> its bytes; none for a special one. */
  pieces: readonly Uint8Array[];
}

/**
 * @throws HomegrownError `bad-file` where a merge names what is no token, or makes none, or an added token has no id
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

/** Bytes that it has no token for: what its makers leave out of a text, we do too. */
export const missingBytes = ({ elsewhere }: TokenizerModel): readonly number[] => {
  if (!elsewhere) return [];
  const known = new Set(elsewhere.spellings);
  return CHARACTER_OF_BYTE.flatMap((character, byte) => (known.has(character) ? [] : [byte]));
};
