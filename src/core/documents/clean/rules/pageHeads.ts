/**
 * Removes headers, footers and page numbers: lines next to a page border that are equal except for numbers. They are
 * among the three lines next to it, on five pages at most four pages apart. Pages end at form feeds or, without those,
 * at page numbers a page apart. Joins sentences across borders.
 *
 * @example with `{"pages":3}` `"HEAD 1\nOf all the\n\n\fHEAD 2\nlines. So\n\fHEAD 3\n\nEnd.\n"` becomes `"Of all the\nlines. So\n\f\nEnd.\n"`
 * @example `"HEAD 1\na\n\fHEAD 2\nb\n"` becomes `"HEAD 1\na\n\fHEAD 2\nb\n"`
 */
import { whole } from '../../../base/field';
import { countCharacters } from '../../../base/utf8';
import { LINE, Pages } from '../pages';
import type { Rule } from './rule';

const FIELDS = {
  pages: whole({ label: 'Minimum pages', unit: 'pages', min: 3, max: 1000, initial: 5 }),
};

export const pageHeads: Rule<typeof FIELDS> = {
  label: 'Page headers and footers',
  does: 'Removes page numbers and lines that repeat on each page',
  costs: 'also removes the numbers of sections about a page long',
  source: 'Homegrown, after Lin 2003: lines in the same place on consecutive pages, alike except for numbers',
  kind: 'changes',
  isForPages: true,
  fields: FIELDS,
  recommended: 'they interrupt sentences',
  notIdempotent: 'a header of more than three lines is removed three lines at a time',
  start: ({ pages: min }) => ({
    document() {
      const pages = new Pages();
      let removed: Uint8Array | undefined;
      return {
        see: (passage) => pages.see(passage),
        changes() {
          removed ??= pages.linesToRemove(min);
          const marks = removed;
          if (!marks.includes(1)) return undefined;
          let lineIndex = 0;
          return (passage) => {
            let [text, copiedEnd, places, characters] = ['', 0, 0, 0];
            for (const { 0: line, index } of passage.matchAll(LINE)) {
              if (marks[lineIndex++] !== 1) continue;
              places++;
              characters -= countCharacters(line);
              text += passage.slice(copiedEnd, index);
              copiedEnd = index + line.length;
            }
            return places === 0
              ? { text: passage, places }
              : { text: text + passage.slice(copiedEnd), places, characters };
          };
        },
      };
    },
  }),
};
