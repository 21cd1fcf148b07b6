/** Documents that are too short or too long are left out. */
import { whole } from '../../../base/field';
import { formatCount } from '../../../base/units';
import { charactersIn, utf8Of } from '../../../base/utf8';
import type { Rule } from './rule';

const FIELDS = {
  least: whole({ label: 'At least', unit: 'characters', min: 0, max: 1e9, initial: 200 }),
  most: whole({ label: 'At most', unit: 'characters', min: 0, max: 1e12, initial: 0, hint: '0: as long as it likes' }),
};
const MEASURES = {
  characters: { label: 'Characters', format: formatCount, least: 'least', most: 'most', unbounded: 0 },
} as const;

export const length: Rule<typeof FIELDS> = {
  label: 'Length',
  does: 'documents too short or too long are left out',
  source: 'Rae et al. 2021 (Gopher) drop documents under 50 words; how many depends on the text',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start: ({ least, most }) => ({
    document() {
      let characters = 0;
      return {
        see(passage) {
          characters += charactersIn(utf8Of(passage));
        },
        verdict() {
          const scores = { characters };
          if (characters < least)
            return { scores, out: `${formatCount(characters)} characters, and ${formatCount(least)} are the least` };
          if (most > 0 && characters > most)
            return { scores, out: `${formatCount(characters)} characters, and ${formatCount(most)} are the most` };
          return { scores };
        },
      };
    },
  }),
};
