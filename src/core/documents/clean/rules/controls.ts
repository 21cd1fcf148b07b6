/**
 * Removes invisible characters: controls, zero-width characters, direction marks, soft hyphens, byte order marks.
 *
 * Covers ftfy's characters (C0 and DEL, U+206A to U+206F, U+FEFF, U+FFF9 to U+FFFC) and CCNet's (C1). Adds some that
 * ftfy keeps for display: direction marks, U+200B, U+2060 to U+2064, soft hyphens. datatrove only offers ftfy's. Keeps
 * line and page separators (lineEnds, pageHeads) and soft hyphens at line ends (hyphenation). Keeps the joiners U+200C
 * and U+200D after a non-ASCII letter, which Persian, Hindi and emoji need. Keeps variation selectors, and U+FFFD,
 * which marks a lost letter.
 *
 * @example `"\ufeffA\u0000 so\u00adlemn \u202alamp\u202c\u200b"` becomes `"A solemn lamp"`
 * @example `"می\u200cخواهم 👩\u200d🚀"` becomes `"می\u200cخواهم 👩\u200d🚀"`
 * @example `"so\u00ad\nlemn\r\n"` becomes `"so\u00ad\nlemn\r\n"`
 */
import { NON_LATIN, replaceMatches, textRule } from './rule';

const UNSEEN =
  /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc]+/g;

export const controls = textRule({
  label: 'Control characters',
  does: 'Removes invisible characters, such as zero-width spaces',
  costs: 'Thai and Khmer lose the zero-width spaces between words',
  source: 'ftfy 6.3 (remove_control_chars), CCNet (Wenzek et al. 2020), Unicode Technical Report 20',
  fields: {},
  isForCode: true,
  recommended: 'otherwise the model learns to write characters that you can’t see',
  searchPattern: () => ({ units: `\\0-\\x08\\x0e-\\x1f\\x7f-\\x9f\\xad${NON_LATIN}` }),
  changes: () => (passage) =>
    replaceMatches(passage, UNSEEN, (unseen, ...groups) => {
      const index = groups.at(-2) as unknown as number;
      const before = passage.charCodeAt(index - 1);
      const after = passage.charCodeAt(index + unseen.length);
      const joiners = before > 0x7f ? unseen.replace(/[^\u200c\u200d]/g, '') : '';
      const softHyphen = unseen.includes('\xad') && (after === 0x0a || after === 0x0d) ? '\xad' : '';
      return joiners + softHyphen;
    }),
});
