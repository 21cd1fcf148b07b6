import type { SpecialIds } from '../objectives/objective';

/** For objectives that need no special tokens. */
export const noneSpecial: SpecialIds = {
  idOf(role) {
    throw new Error(`There is no token for ${role}.`);
  },
};
