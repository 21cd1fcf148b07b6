/**
 * Removes the marks of Latin, Greek and Cyrillic letters (U+0300 to U+036F). Keeps marks of other scripts, which are
 * vowels in Hindi and Thai and distinguish letters in Japanese; `StripAccents` of tokenizers would remove those too.
 * Also keeps letters that Unicode doesn't decompose: ø, ł, ß. The result is in NFC.
 *
 * @example `"Señor Nøkk, café, ёлка, か\u3099 हिन्दी"` becomes `"Senor Nøkk, cafe, елка, が हिन्दी"`
 */
import { normalized } from '../../../base/normalForm';
import { MARKS } from '../../../base/normalizer';
import { replaceMatches, textRule } from './rule';

const MARK = new RegExp(MARKS, 'g');

export const accents = textRule({
  label: 'Accents',
  does: 'Removes accents: é to e, ñ to n, й to и',
  costs: 'words that differ only by an accent become one word',
  source: 'Unicode Standard Annex 15; BERT’s uncased models do the same',
  fields: {},
  normalizers: () => [{ type: 'NFD' }, { type: 'Replace', pattern: { Regex: MARKS }, content: '' }, { type: 'NFC' }],
  changes: () => (passage) => {
    if (!/[^\0-\xbf]/.test(passage)) return { text: passage, places: 0 };
    const withoutMarks = replaceMatches(normalized(passage, 'NFD'), MARK, '');
    const text = normalized(withoutMarks.text, 'NFC');
    return text === passage ? { text, places: 0 } : { text, places: Math.max(withoutMarks.places, 1) };
  },
});
