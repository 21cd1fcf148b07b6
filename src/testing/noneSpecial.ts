import type { Tokenizer } from '../core/tokenizer/tokenizer';

/** For objectives that need nothing of a tokenizer. */
export const noneSpecial = {
  idOf(role: string) {
    throw new Error(`There is no token for ${role}.`);
  },
} as unknown as Tokenizer;
