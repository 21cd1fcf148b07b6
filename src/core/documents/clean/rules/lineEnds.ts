/**
 * Converts all line ends to \n.
 *
 * @example `"a\r\nb\rc\u0085d\u2028e\u2029f\fg\u000bh"` becomes `"a\nb\nc\nd\ne\nf\ng\nh"`
 */
import { replaceMatches, textRule } from './rule';

export const lineEnds = textRule({
  label: 'Line endings',
  does: 'Converts line endings to Unix style',
  source: 'Unicode Standard 5.8, Newline Guidelines; ftfy 6.3 (fix_line_breaks)',
  fields: {},
  isForCode: true,
  recommended: 'otherwise the model learns several ways to end a line',
  searchPattern: () => ({ units: '\\v-\\r\\x85\\u2028-\\uffff' }),
  changes: () => (passage) => replaceMatches(passage, /\r\n?|[\x85\u2028\u2029\f\v]/g, '\n'),
});
