/**
 * Removes the listed characters, or replaces each run of them with a space.
 *
 * @example `"** The *Pequod* ** • ★"` becomes `" The Pequod   "`
 * @example with `{"characters":"[]-^\\😀","to":"space"}` `"a-^b [1]\\😀"` becomes `"a b  1 "`
 * @example with `{"characters":""}` `"a*b"` becomes `"a*b"`
 */
import { choice, text } from '../../../base/field';
import { runOf } from '../../../base/normalizer';
import { NON_LATIN, replaceMatches, textRule } from './rule';

const FIELDS = {
  characters: text({
    label: 'Characters',
    maxLength: 1000,
    initial: '*_#|~^•●○■□▪◆◇★☆►',
    hint: 'without separators',
  }),
  to: choice({
    label: 'Action',
    initial: 'nothing',
    of: { nothing: { label: 'Remove' }, space: { label: 'Replace with a space' } },
  }),
};

export const specialCharacters = textRule({
  label: 'Special characters',
  does: 'Removes characters that you list',
  costs: 'removes what they mark: emphasis, lists, tables',
  source: 'your own list',
  fields: FIELDS,
  normalizers({ characters, to }) {
    const run = runOf(characters);
    return run === '' ? [] : [{ type: 'Replace', pattern: { Regex: run }, content: REPLACEMENTS[to] }];
  },
  searchPattern: ({ characters }) => ({ units: characters.split('').map(escapeUnit).join('') }),
  changes({ characters, to }) {
    const run = runOf(characters);
    if (run === '') return (passage) => ({ text: passage, places: 0 });
    // Without surrogate pairs, the flag `u` changes nothing and triples the time.
    const pattern = new RegExp(run, /[\ud800-\udfff]/.test(run) ? 'gu' : 'g');
    return (passage) => replaceMatches(passage, pattern, REPLACEMENTS[to]);
  },
});

const escapeUnit = (unit: string): string =>
  /[\u0300-\u200f\u2028-\uffff]/.test(unit) ? NON_LATIN : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const REPLACEMENTS = { nothing: '', space: ' ' };
