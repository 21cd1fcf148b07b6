/**
 * A letter that Unicode can write in several ways is written in one.
 *
 * @example `"cafe\u0301"` becomes `"café"`
 * @example `"ﬁn, ①"` becomes `"ﬁn, ①"`
 * @example with `{"form":"NFKC"}` `"ﬁn, ①, 10²"` becomes `"fin, 1, 102"`
 */
import { choice } from '../../../base/field';
import { textRule } from './rule';

const FIELDS = {
  form: choice({
    label: 'Form',
    initial: 'NFC',
    of: {
      NFC: { label: 'NFC', hint: 'looks the same' },
      NFKC: { label: 'NFKC', hint: 'also look-alikes: ﬁ to fi, ① to 1, full width to half, and 10² to 102' },
    },
  }),
};

/** Nothing before these characters changes (Unicode Standard Annex 15, Quick_Check). */
const MAY_CHANGE = { NFC: /[^\0-\u02ff]/, NFKC: /[^\0-\x9f]/ };
const MAY_BE_A_PLACE = { NFC: /\P{M}\p{M}+|[^\0-\u02ff]/gu, NFKC: /\P{M}\p{M}+|[^\0-\x9f]/gu };

export const unicode = textRule({
  label: 'Unicode',
  does: 'a letter that can be written in several ways is written in one',
  source: 'Unicode Standard Annex 15; ftfy 6.3 and CCNet (Wenzek et al. 2020) do the same',
  fields: FIELDS,
  recommended: 'Else the same word is two to a model, and looks like one to you',
  normalizers: ({ form }) => [{ type: form }],
  changes:
    ({ form }) =>
    (passage) => {
      const text = MAY_CHANGE[form].test(passage) ? passage.normalize(form) : passage;
      if (text === passage) return { text, places: 0 };
      let places = 0;
      for (const [place] of passage.matchAll(MAY_BE_A_PLACE[form])) if (place.normalize(form) !== place) places++;
      return { text, places: Math.max(places, 1) };
    },
});
