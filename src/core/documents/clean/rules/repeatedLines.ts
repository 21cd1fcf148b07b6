/**
 * Lines that many documents have go, and those that one document has many times are left once. Lines are alike without white space
 * around them and whatever their numbers; short ones and those without a letter are not counted. A line counts once a document, up to a
 * million different lines of it; further ones of so long a document are not counted within it.
 *
 * @example with `{"times":1}` `"Subscribe to the Gazette!\nA\n Subscribe to the Gazette! \nAmen.\nAmen.\n"` becomes `"Subscribe to the Gazette!\nA\nAmen.\nAmen.\n"`
 * @example with `{"times":2}` `"Read all 12 comments here\nRead all 9 comments here\nRead all 121 comments here\nB"` becomes `"Read all 12 comments here\nB"`
 */
import { whole } from '../../../base/field';
import { LineCounts, MOST_COUNTED } from '../lineCounts';
import { keyOfLine, type LineKey, newKey } from '../lines';
import type { Rule } from './rule';

const FIELDS = {
  documents: whole({ label: 'In more than', unit: 'documents', min: 1, max: MOST_COUNTED - 1, initial: 10 }),
  times: whole({ label: 'In one document more than', unit: 'times', min: 1, max: 1e6, initial: 10 }),
  least: whole({ label: 'Lines of at least', unit: 'characters', min: 1, max: 1000, initial: 20 }),
};
const MOST_LINES = 1e6;

export const repeatedLines: Rule<typeof FIELDS> = {
  label: 'Repeated lines',
  does: 'lines that many documents have go',
  costs: 'so do refrains, and lines that much code has',
  source: 'CCNet (Wenzek et al. 2020) leaves out paragraphs that are repeated, whatever their numbers',
  kind: 'changes',
  fields: FIELDS,
  recommended: 'What stands on every page is the site’s, and a model learns it by heart',
  start({ documents, times, least }) {
    const key = newKey();
    /** Only of lines that count. */
    const eachKey = (passage: string, visit: (from: number, to: number, id: number, key: LineKey) => void) => {
      for (let from = 0, to; from < passage.length; from = to) {
        to = passage.indexOf('\n', from) + 1 || passage.length;
        if (to - from < least) continue;
        keyOfLine(passage, from, to, key);
        if (key.hasLetter && key.length >= least) visit(from, to, key.first * 2 ** 21 + (key.second >>> 11), key);
      }
    };
    let counts: LineCounts | undefined;
    return {
      survey() {
        const all = (counts ??= new LineCounts());
        let seen = new Set<number>();
        return {
          see(passage) {
            eachKey(passage, (_from, _to, id, line) => {
              if (seen.has(id) || seen.size === MOST_LINES) return;
              seen.add(id);
              all.add(line);
            });
          },
          end: () => (seen = new Set()),
        };
      },
      document() {
        const here = new Map<number, number>();
        const tooOften = new Set<number>();
        const left = new Set<number>();
        return {
          see(passage) {
            eachKey(passage, (_from, _to, id) => {
              const before = here.get(id) ?? 0;
              if (before > 0 || here.size < MOST_LINES) here.set(id, before + 1);
              if (before === times) tooOften.add(id);
            });
          },
          change(passage) {
            if (counts === undefined && tooOften.size === 0) return { text: passage, places: 0 };
            let [text, done, places] = ['', 0, 0];
            eachKey(passage, (from, to, id, line) => {
              if (counts === undefined || counts.of(line) <= documents) {
                if (tooOften.size === 0 || !tooOften.has(id)) return;
                if (!left.has(id)) {
                  left.add(id);
                  return;
                }
              }
              places++;
              text += passage.slice(done, from);
              done = to;
            });
            return places === 0 ? { text: passage, places } : { text: text + passage.slice(done), places };
          },
        };
      },
    };
  },
};
