/**
 * Collapses runs of spaces, removes spaces at line ends, and collapses blank lines to one. Keeps indents, which
 * structure verse, lists and tables, unless `indents` is set.
 *
 * @example `"a\u00a0 b \n\n\n\nc"` becomes `"a b\n\nc"`
 * @example `"\tdeep  \r\n \r\n\r\n\r\n"` becomes `"\tdeep\r\n\r\n"`
 * @example with `{"indents":true}` `"\tdeep\n    deeper"` becomes `" deep\n deeper"`
 */
import { onOff } from '../../../base/field';
import { NON_LATIN, combineChanges, replaceMatches, textRule } from './rule';

const FIELDS = { indents: onOff({ label: 'Include indents', initial: false }) };

/** White space within a line, unless it's a single space between words. */
const SPACES = / (?=[\s])[^\S\n\r\f\v\u2028\u2029]*|[^\S \n\r\f\v\u2028\u2029][^\S\n\r\f\v\u2028\u2029]*/g;

export const whiteSpace = textRule({
  label: 'Whitespace',
  does: 'Collapses repeated spaces and blank lines',
  source: 'Unicode Standard Annex 44, White_Space; language models don’t keep spaces of special widths',
  fields: FIELDS,
  recommended: 'otherwise the model learns every run of spaces',
  searchPattern: () => ({ units: `\\t\\xa0${NON_LATIN}`, alternative: ' [ \\n-\\r]|\\n\\n\\n|\\r\\n\\r' }),
  changes:
    ({ indents }) =>
    (passage) => {
      const inLines = replaceMatches(passage, SPACES, (match, ...groups) => {
        const index = groups.at(-2) as unknown as number;
        const next = passage[index + match.length];
        if (next === undefined || next === '\n' || next === '\r') return '';
        return !indents && (index === 0 || passage[index - 1] === '\n') ? match : ' ';
      });
      const lines = replaceMatches(inLines.text, /\n{3,}|(?:\r\n){3,}/g, (ends) =>
        ends[0] === '\r' ? '\r\n\r\n' : '\n\n',
      );
      return combineChanges(inLines, lines);
    },
});
