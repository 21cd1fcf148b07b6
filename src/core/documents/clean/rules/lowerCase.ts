/**
 * Lowercases each letter on its own: a word-final Σ becomes σ, as with `Lowercase` of tokenizers.
 *
 * @example `"Call me Ishmael. ΟΔΟΣ"` becomes `"call me ishmael. οδοσ"`
 */
import { lowered } from '../../../base/normalizer';
import { textRule } from './rule';

const UPPER = /\p{Changes_When_Lowercased}+/gu;

export const lowerCase = textRule({
  label: 'Lowercase',
  does: 'Converts every letter to lowercase',
  costs: 'a model trained on it can’t write “Ahab”',
  source: 'Unicode Standard 3.13; Lowercase of Hugging Face’s tokenizers',
  fields: {},
  // Makes tokenizers and JavaScript treat Σ alike.
  normalizers: () => [{ type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' }, { type: 'Lowercase' }],
  changes: () => (passage) => {
    const text = lowered(passage);
    if (text === passage) return { text, places: 0 };
    // İ becomes two characters.
    if (text.length !== passage.length) return { text, places: passage.match(UPPER)!.length };
    let places = 0;
    let isSame = true;
    for (let i = 0; i < text.length; i++) {
      const wasSame = isSame;
      isSame = text.charCodeAt(i) === passage.charCodeAt(i);
      if (wasSame && !isSame) places++;
    }
    return { text, places };
  },
});
