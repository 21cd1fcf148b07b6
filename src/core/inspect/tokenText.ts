import { wholeCharacters } from '../tokenizer/statistics';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** Text of a token: the spelling of a special one, its characters, or its bytes as `<0xE2 0x80>`. */
export function tokenText(tokenizer: Tokenizer, id: number): string {
  const special = tokenizer.specialOf(id);
  if (special) return special.text;
  const bytes = tokenizer.bytes(id);
  const hex = (byte: number): string => `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return wholeCharacters(bytes) ?? `<${Array.from(bytes, hex).join(' ')}>`;
}
