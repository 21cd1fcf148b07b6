/**
 * Removes lines that many documents have, and all but the first of lines that one document repeats often. Compares
 * lines without surrounding white space and numbers, and ignores short lines and lines without a letter. Counts a line
 * once per document. Only the first million distinct lines of a document count.
 *
 * @example with `{"times":1}` `"Subscribe to the Gazette!\nA\n Subscribe to the Gazette! \nAmen.\nAmen.\n"` becomes `"Subscribe to the Gazette!\nA\nAmen.\nAmen.\n"`
 * @example with `{"times":2}` `"Read all 12 comments here\nRead all 9 comments here\nRead all 121 comments here\nB"` becomes `"Read all 12 comments here\nB"`
 */
import { whole } from '../../../base/field';
import { countCharacters } from '../../../base/utf8';
import { LineCounts, MAX_LINE_COUNT } from '../lineCounts';
import { eachLine, type LineKey, newKey } from '../lines';
import { LineTally } from '../lineTally';
import type { Rule } from './rule';

const FIELDS = {
  documents: whole({
    label: 'Maximum documents with a line',
    unit: 'documents',
    min: 1,
    max: MAX_LINE_COUNT - 1,
    initial: 10,
  }),
  times: whole({ label: 'Maximum repeats in one document', unit: 'times', min: 1, max: 1e6, initial: 10 }),
  least: whole({ label: 'Minimum line length', unit: 'characters', min: 1, max: 1000, initial: 20 }),
};
const MAX_LINES = 1e6;

export const repeatedLines: Rule<typeof FIELDS> = {
  label: 'Repeated lines',
  does: 'Removes lines that occur in many documents',
  costs: 'also removes refrains and common lines of code',
  source: 'CCNet (Wenzek et al. 2020) removes repeated paragraphs, ignoring their numbers',
  kind: 'changes',
  isForPages: true,
  fields: FIELDS,
  start({ documents, times, least: min }) {
    const key = newKey();
    /** Visits only the lines that count. */
    const eachComparedLine = (passage: string, visit: (key: LineKey, from: number, to: number) => void) =>
      eachLine(passage, min, key, (line, from, to) => {
        if (line.hasLetter && line.length >= min) visit(line, from, to);
      });
    let counts: LineCounts | undefined;
    const isShared = (line: LineKey) => counts?.isMoreThan(documents, line) === true;
    return {
      minSurveyed: documents + 1,
      survey() {
        const sharedCounts = (counts ??= new LineCounts());
        const tally = new LineTally();
        return {
          see(passage) {
            const keys: number[] = [];
            eachComparedLine(passage, (line) => {
              const [size, previousCount] = [tally.size, tally.add(line, MAX_LINES)];
              if (previousCount === 0 && tally.size > size) keys.push(line.first, line.second);
            });
            sharedCounts.add(keys);
          },
          end: () => undefined,
        };
      },
      document() {
        const tally = new LineTally();
        let hasSharedLine = false;
        const frequentIds = new Set<number>();
        return {
          see(passage) {
            eachComparedLine(passage, (line) => {
              const previousCount = tally.add(line, MAX_LINES);
              if (previousCount === times) frequentIds.add(idOf(line));
              if (previousCount === 0 && isShared(line)) hasSharedLine = true;
            });
          },
          changes() {
            if (!hasSharedLine && frequentIds.size === 0) return undefined;
            const keptIds = new Set<number>();
            return (passage) => {
              let [text, copiedEnd, places, characters] = ['', 0, 0, 0];
              eachComparedLine(passage, (line, from, to) => {
                if (!hasSharedLine || !isShared(line)) {
                  if (frequentIds.size === 0) return;
                  const id = idOf(line);
                  if (!frequentIds.has(id)) return;
                  if (!keptIds.has(id)) {
                    keptIds.add(id);
                    return;
                  }
                }
                places++;
                characters -= countCharacters(passage.slice(from, to));
                text += passage.slice(copiedEnd, from);
                copiedEnd = to;
              });
              return places === 0
                ? { text: passage, places }
                : { text: text + passage.slice(copiedEnd), places, characters };
            };
          },
        };
      },
    };
  },
};

/** 53-bit ID. */
const idOf = ({ first, second }: LineKey) => first * 2 ** 21 + (second >>> 11);
