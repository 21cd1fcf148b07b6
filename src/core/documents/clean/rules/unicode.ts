/**
 * Normalizes text, so that each letter has one encoding. Splits runs of more than 30 combining marks with U+034F, as
 * the Stream-Safe Text Format does (Unicode Standard Annex 15, section 13).
 *
 * @example `"cafe\u0301"` becomes `"café"`
 * @example `"ﬁn, ①"` becomes `"ﬁn, ①"`
 * @example with `{"form":"NFKC"}` `"ﬁn, ①, 10²"` becomes `"fin, 1, 102"`
 */
import { choice } from '../../../base/field';
import { normalized } from '../../../base/normalForm';
import { countCharacters } from '../../../base/utf8';
import { NON_LATIN, textRule } from './rule';

const FIELDS = {
  form: choice({
    label: 'Form',
    initial: 'NFC',
    of: {
      NFC: { label: 'NFC', hint: 'looks the same' },
      NFKC: { label: 'NFKC', hint: 'look-alikes too: ﬁ to fi, ① to 1' },
    },
  }),
};

/**
 * Matches runs of characters that may change, alone or with the character before. No others change or combine
 * backwards (Unicode Standard Annex 15, Quick_Check). NFC never changes quotation marks and dashes.
 */
const MAY_CHANGE = { NFC: /[^\0-\u02ff\u2002-\u20cf]+/g, NFKC: /[^\0-\x9f]+/g };
const PLACES = /\P{M}\p{M}+|[^]/gu;

export const unicode = textRule({
  label: 'Unicode normalization',
  does: 'Unicode NFC: one code for each letter',
  source: 'Unicode Standard Annex 15; ftfy 6.3 and CCNet (Wenzek et al. 2020) do the same',
  fields: FIELDS,
  recommended: 'otherwise words that look the same are different to the model',
  normalizers: ({ form }) => [{ type: form }],
  searchPattern: ({ form }) => ({ units: form === 'NFC' ? NON_LATIN : '\\xa0-\\uffff' }),
  changes:
    ({ form }) =>
    (passage) => {
      let [text, copiedEnd, places, characters] = ['', 0, 0, 0];
      for (const { 0: run, index } of passage.matchAll(MAY_CHANGE[form])) {
        const from = Math.max(0, index - 1);
        const end = index + run.length;
        const before = passage.slice(from, end);
        const after = normalized(before, form);
        if (after === before) continue;
        text += passage.slice(copiedEnd, from) + after;
        copiedEnd = end;
        characters += countCharacters(after) - countCharacters(before);
        let changedPlaces = 0;
        for (const [place] of before.matchAll(PLACES)) if (normalized(place, form) !== place) changedPlaces++;
        places += Math.max(changedPlaces, 1);
      }
      return { text: text + passage.slice(copiedEnd), places, characters };
    },
});
