/** Removes documents with many lines that are short, repeated or not sentences, as FineWeb does. */
import { real, whole } from '../../../base/field';
import { formatNumber, formatShare } from '../../../base/units';
import { countCharacters } from '../../../base/utf8';
import { judge, share } from '../quality/judge';
import { countOf } from '../quality/lines';
import { Repeats } from '../quality/repeats';
import { wordsOf } from '../quality/words';
import type { Rule } from './rule';

const FIELDS = {
  punctuated: real({ label: 'Lines that end a sentence', min: 0, max: 1, initial: 0.12, hint: 'minimum' }),
  short: real({ label: 'Short lines', min: 0, max: 1, initial: 0.67, hint: 'maximum' }),
  shortLength: whole({
    label: 'Length of a short line',
    unit: 'characters',
    min: 0,
    max: 10_000,
    initial: 30,
    hint: 'maximum',
  }),
  repeated: real({ label: 'Characters in repeated lines', min: 0, max: 1, initial: 0.01, hint: 'maximum' }),
  lineEnds: real({ label: 'Line breaks per word', min: 0, max: 100, initial: 0.3, hint: 'maximum' }),
};
const MEASURES = {
  punctuatedLines: { label: 'Lines that end a sentence', format: formatShare, min: 'punctuated' },
  shortLines: { label: 'Short lines', format: formatShare, max: 'short' },
  repeatedLines: { label: 'Characters in repeated lines', format: formatShare, max: 'repeated' },
  lineEnds: { label: 'Line breaks per word', format: formatNumber, max: 'lineEnds' },
} as const;

/** Thresholds of Penedo et al. 2024; counts of datatrove 0.10's FineWebQualityFilter, but words of quality/words.ts. */
export const fineWeb: Rule<typeof FIELDS> = {
  label: 'FineWeb quality filter',
  does: 'Removes documents with few full sentences, or many short or repeated lines',
  costs: 'removes verse, lists and text with hard line breaks',
  source: 'Penedo et al. 2024 (FineWeb), as in Hugging Face’s datatrove',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start: (settings) => ({
    document() {
      const lines = new Repeats();
      let judgedLength = 0;
      let punctuated = 0;
      let short = 0;
      let characters = 0;
      let lineEnds = 0;
      let words = 0;
      return {
        see(passage) {
          const excerpt = passage.slice(0, MAX_JUDGED_LENGTH - judgedLength);
          judgedLength += excerpt.length;
          const lineBreaks = countOf(excerpt, '\n');
          lineEnds += lineBreaks;
          characters += countCharacters(excerpt) - lineBreaks;
          words += wordsOf(excerpt).count;
          for (let start = 0; start < excerpt.length;) {
            const lineBreak = excerpt.indexOf('\n', start);
            const end = lineBreak < 0 ? excerpt.length : lineBreak;
            const line = excerpt.slice(start, end);
            start = end + 1;
            if (line.trim() === '') continue;
            const length = countCharacters(line);
            lines.add(line, length);
            if (length <= settings.shortLength) short++;
            if (/\p{Sentence_Terminal}$/u.test(line)) punctuated++;
          }
        },
        verdict: () =>
          judge({
            punctuatedLines: {
              value: share(punctuated, lines.pieces),
              says: 'of lines end a sentence',
              format: formatShare,
              min: settings.punctuated,
            },
            shortLines: {
              value: share(short, lines.pieces),
              says: `of lines have ${settings.shortLength} characters or fewer`,
              format: formatShare,
              max: settings.short,
            },
            repeatedLines: {
              value: share(lines.repeatedCharacters, characters),
              says: 'of characters are in repeated lines',
              format: formatShare,
              max: settings.repeated,
            },
            lineEnds: {
              value: share(lineEnds, words),
              says: 'line breaks per word',
              format: formatNumber,
              max: settings.lineEnds,
            },
          }),
      };
    },
  }),
};
/** Code units of a document that are judged. Bounds the memory, because lines are remembered. */
const MAX_JUDGED_LENGTH = 4_000_000;
