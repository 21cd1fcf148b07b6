/**
 * Replaces one text with another wherever a passage has it. An empty search text changes nothing.
 *
 * @example `"color"` becomes `"color"`
 * @example with `{"find":"$1.","by":"$&\n"}` `"$1. and $1."` becomes `"$&\n and $&\n"`
 * @example with `{"find":"he","by":"she","isWord":true}` `"he, the, He, hé"` becomes `"she, the, He, hé"`
 * @example with `{"find":"the ","isWord":true}` `"the sea, breathe in"` becomes `"sea, breathe in"`
 * @example with `{"find":"STRASSE 😀","by":"x","isWord":true,"isAnyCase":true}` `"Strasse 😀, STRASSE 😀a, aSTRASSE 😀"` becomes `"x, xa, aSTRASSE 😀"`
 */
import { onOff, text } from '../../../base/field';
import { replaceMatches, textRule } from './rule';

const FIELDS = {
  find: text({ label: 'Find', maxLength: 10_000, initial: '' }),
  by: text({ label: 'Replace with', maxLength: 10_000, initial: '' }),
  isWord: onOff({ label: 'Whole words', initial: false }),
  isAnyCase: onOff({ label: 'Ignore case', initial: false }),
};

const WORD = '[\\p{L}\\p{M}\\p{N}_]';

export const replace = textRule({
  label: 'Find and replace',
  does: 'Replaces one text with another everywhere',
  source: 'your own rule',
  fields: FIELDS,
  isForCode: true,
  notIdempotent: 'if the replacement contains the search text, running this twice changes more',
  changes({ find, by, isWord, isAnyCase }) {
    if (find === '') return (passage) => ({ text: passage, places: 0 });
    const literal = find.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    // If the search text itself does not begin or end with a letter, a word may be adjacent: a word follows “the ”.
    const [beginsWithLetter, endsWithLetter] = [
      new RegExp(`^${WORD}`, 'u').test(find),
      new RegExp(`${WORD}$`, 'u').test(find),
    ];
    const source = `${isWord && beginsWithLetter ? `(?<!${WORD})` : ''}${literal}${isWord && endsWithLetter ? `(?!${WORD})` : ''}`;
    const pattern = new RegExp(source, isAnyCase ? 'giu' : 'gu');
    // Replaces lone surrogates, which would insert half a character.
    const replacement = by.replace(/\p{Cs}/gu, '\ufffd');
    return (passage) => replaceMatches(passage, pattern, replacement);
  },
});
