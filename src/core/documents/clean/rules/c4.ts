/** Documents with too few sentences are left out, and those with “lorem ipsum” or a curly bracket, as from C4. */
import { whole } from '../../../base/field';
import { formatCount } from '../../../base/units';
import { c4Line, hasNamed } from '../quality/c4';
import { judge } from '../quality/judge';
import { eachLine } from '../quality/lines';
import { sentencesIn } from '../quality/sentences';
import { Words, wordsOf } from '../quality/words';
import { C4_LINES } from './c4Lines';
import type { Rule } from './rule';

const FIELDS = { sentences: whole({ label: 'Minimum sentences', min: 0, max: 1e6, initial: 5 }), ...C4_LINES };
const MEASURES = { sentences: { label: 'Sentences', format: formatCount, min: 'sentences' } } as const;

/** What C4 does to documents, by the lines that it keeps: c4Lines.ts is the rule that leaves only those. */
export const c4: Rule<typeof FIELDS> = {
  label: 'C4 document filter',
  does: 'Removes documents with few sentences, “lorem ipsum” or curly brackets',
  costs: 'only lines that end a sentence count, so text with hard line breaks has fewer',
  source: 'Raffel et al. 2020 (C4), as in TensorFlow Datasets and Hugging Face’s datatrove',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start: (settings) => ({
    document() {
      let sentences = 0;
      let out: string | undefined;
      return {
        see(passage) {
          const words = wordsOf(passage);
          const mayBeNamed = hasNamed(passage);
          let next = 0;
          eachLine(passage, (start, end) => {
            const line = passage.slice(start, end);
            const found = c4Line(line, settings, mayBeNamed);
            const first = next;
            while (next < words.count && words.ends[next]! <= end) next++;
            if ('document' in found) out ??= found.document;
            else if (found.text === '') return;
            // Words are those of the line where nothing was taken out of it.
            else if (found.isWhole) sentences += sentencesIn(passage, words, first, next);
            else sentences += sentencesIn(found.text, new Words(found.text));
          });
        },
        verdict() {
          const byCount = judge({
            sentences: {
              value: sentences,
              says: 'sentences in lines that end a sentence',
              format: formatCount,
              min: settings.sentences,
            },
          });
          return out === undefined ? byCount : { ...byCount, out };
        },
      };
    },
  }),
};
