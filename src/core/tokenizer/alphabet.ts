import type { Tokenizer } from './tokenizer';

/**
 * GPT-2's byte alphabet (openai/gpt-2 src/encoder.py, bytes_to_unicode): the 188 printable bytes of Latin-1 stand for
 * themselves, the other 68 for U+0100 and up. Ids 0..255 are the bytes in that order, as in GPT-2's vocabulary.
 */
const printable = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
const all = Array.from({ length: 256 }, (_, byte) => byte);
const kept = all.filter(printable);
const moved = all.filter((byte) => !printable(byte));

/** [id] -> byte, for ids 0..255. */
export const BYTE_OF_ID = Uint8Array.from([...kept, ...moved]);

/** [byte] -> id. */
export const ID_OF_BYTE = Uint8Array.from(all, (byte) => BYTE_OF_ID.indexOf(byte));

/** [byte] -> its character in tokenizer.json. */
export const CHARACTER_OF_BYTE: readonly string[] = all.map((byte) =>
  String.fromCharCode(printable(byte) ? byte : 256 + moved.indexOf(byte)),
);

const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(
  CHARACTER_OF_BYTE.map((character, byte) => [character, byte]),
);

/** [id] -> spelling in tokenizer.json and GGUF; empty for an imported tokenizer's ids without a token. */
export const spellings = (tokenizer: Tokenizer): readonly string[] =>
  tokenizer.model.elsewhere?.spellings ?? [
    ...Array.from({ length: tokenizer.endOfText }, (_, id) => spell(tokenizer.bytes(id))),
    ...tokenizer.special.map(({ text }) => text),
  ];

/** Bytes of a spelling; undefined if a character isn't in the byte alphabet. */
export function unspell(spelling: string): Uint8Array | undefined {
  const bytes = new Uint8Array(spelling.length);
  for (let i = 0; i < spelling.length; i++) {
    const byte = BYTE_OF_CHARACTER.get(spelling.charAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** Spelling of bytes in tokenizer.json. */
export function spell(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += CHARACTER_OF_BYTE[byte]!;
  return text;
}
