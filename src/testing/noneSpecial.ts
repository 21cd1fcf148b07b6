import type { Tokenizer } from '../core/tokenizer/tokenizer';

/** Special tokens for objectives that need none. */
export const noneSpecial = {
  idOf(role: string) {
    throw new Error(`There is no token for ${role}.`);
  },
} as unknown as Tokenizer;
