/** Removes documents that are too short or too long. */
import { whole } from '../../../base/field';
import { formatCount } from '../../../base/units';
import { charactersIn, utf8Of } from '../../../base/utf8';
import type { Rule } from './rule';

const FIELDS = {
  least: whole({ label: 'Minimum length', unit: 'characters', min: 0, max: 1e9, initial: 200 }),
  most: whole({ label: 'Maximum length', unit: 'characters', min: 0, max: 1e12, initial: 0, hint: '0: no maximum' }),
};
const MEASURES = {
  characters: { label: 'Characters', format: formatCount, min: 'least', max: 'most', unbounded: 0 },
} as const;

export const length: Rule<typeof FIELDS> = {
  label: 'Length',
  does: 'Removes documents that are too short or too long',
  source: 'Rae et al. 2021 (Gopher) remove documents under 50 words; the right length depends on your text',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start: ({ least: min, most: max }) => ({
    document() {
      let characters = 0;
      return {
        see(passage) {
          characters += charactersIn(utf8Of(passage));
        },
        verdict() {
          const scores = { characters };
          if (characters < min)
            return { scores, out: `${formatCount(characters)} characters; the minimum is ${formatCount(min)}` };
          if (max > 0 && characters > max)
            return { scores, out: `${formatCount(characters)} characters; the maximum is ${formatCount(max)}` };
          return { scores };
        },
      };
    },
  }),
};
