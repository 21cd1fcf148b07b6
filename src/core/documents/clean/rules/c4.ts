/** Removes documents with too few sentences, “lorem ipsum” or a curly bracket, as C4 does. */
import { whole } from '../../../base/field';
import { formatCount } from '../../../base/units';
import { c4Line, hasFilteredTerm } from '../quality/c4';
import { judge } from '../quality/judge';
import { eachLine } from '../quality/lines';
import { sentencesIn } from '../quality/sentences';
import { Words, wordsOf } from '../quality/words';
import { C4_LINES } from './c4Lines';
import type { Rule } from './rule';

const FIELDS = { sentences: whole({ label: 'Minimum sentences', min: 0, max: 1e6, initial: 5 }), ...C4_LINES };
const MEASURES = { sentences: { label: 'Sentences', format: formatCount, min: 'sentences' } } as const;

/** C4's document filter. Counts only the lines that C4 keeps; the rule in c4Lines.ts removes the others. */
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
          const mayHaveFilteredTerm = hasFilteredTerm(passage);
          let nextWord = 0;
          eachLine(passage, (start, end) => {
            const line = passage.slice(start, end);
            const result = c4Line(line, settings, mayHaveFilteredTerm);
            const firstWord = nextWord;
            while (nextWord < words.count && words.ends[nextWord]! <= end) nextWord++;
            if ('document' in result) out ??= result.document;
            else if (result.text === '') return;
            // An unchanged line has the words of the passage.
            else if (result.isTrimmedOnly) sentences += sentencesIn(passage, words, firstWord, nextWord);
            else sentences += sentencesIn(result.text, new Words(result.text));
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
