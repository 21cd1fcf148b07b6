/**
 * Spaces in a row become one, spaces before a line's end go, and more than one blank line becomes one.
 *
 * @example `"a\u00a0 b \n\n\n\nc"` becomes `"a b\n\nc"`
 */
import { replaced, textRule } from './rule';

export const whiteSpace = textRule({
  label: 'White space',
  does: 'several spaces to one, and blank lines to one',
  costs: 'indentation of code and tables goes',
  source:
    'Unicode Standard Annex 44, White_Space; spaces that have a width of their own are kept in no language model’s text',
  fields: {},
  recommended: 'A model learns every run of spaces as something to say',
  changes: () => (passage) => {
    const inLines = replaced(passage, /[^\S\n\r]+(?=[\r\n]|$)|[^\S\n\r]{2,}|[^\S \n\r]/g, (match, ...rest) => {
      const at = rest.at(-2) as unknown as number;
      const next = passage[at + match.length];
      return next === undefined || next === '\n' || next === '\r' ? '' : ' ';
    });
    const lines = replaced(inLines.text, /\n{3,}/g, '\n\n');
    return { text: lines.text, places: inLines.places + lines.places };
  },
});
