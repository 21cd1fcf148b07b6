/** Removes documents that repeat themselves, as Gopher does. */
import { real } from '../../../base/field';
import { formatShare } from '../../../base/units';
import { countCharacters } from '../../../base/utf8';
import { judge, type Measure, share } from '../quality/judge';
import { Repeats, WordSequence } from '../quality/repeats';
import { wordsOf } from '../quality/words';
import type { Rule } from './rule';

const maxField = (label: string, initial: number) => real({ label, min: 0, max: 1, initial, hint: 'maximum' });
const FIELDS = {
  paragraphs: maxField('Repeated paragraphs', 0.3),
  paragraphCharacters: maxField('Characters in repeated paragraphs', 0.2),
  lines: maxField('Repeated lines', 0.3),
  lineCharacters: maxField('Characters in repeated lines', 0.2),
  top2: maxField('Characters in the top 2-word phrase', 0.2),
  top3: maxField('Characters in the top 3-word phrase', 0.18),
  top4: maxField('Characters in the top 4-word phrase', 0.16),
  repeated5: maxField('Characters in repeated 5-word phrases', 0.15),
  repeated6: maxField('Characters in repeated 6-word phrases', 0.14),
  repeated7: maxField('Characters in repeated 7-word phrases', 0.13),
  repeated8: maxField('Characters in repeated 8-word phrases', 0.12),
  repeated9: maxField('Characters in repeated 9-word phrases', 0.11),
  repeated10: maxField('Characters in repeated 10-word phrases', 0.1),
};
/** Each measure is bounded by the setting of the same name. */
const MEASURES = Object.fromEntries(
  (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).map((name) => [
    name,
    { label: FIELDS[name].label, format: formatShare, max: name },
  ]),
);

/**
 * Thresholds of Rae et al. 2021, table A1; counts of datatrove 0.10's GopherRepetitionFilter, except for the words
 * (quality/words.ts), and without empty paragraphs and lines. Judges only the beginning of a long document.
 */
export const gopherRepetition: Rule<typeof FIELDS> = {
  label: 'Gopher repetition filter',
  does: 'Removes documents that repeat paragraphs, lines or phrases',
  costs: 'removes refrains, forms and tables',
  source: 'Rae et al. 2021 (Gopher), table A1, as in Hugging Face’s datatrove',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start: (settings) => ({
    document() {
      const paragraphs = new Repeats();
      const lines = new Repeats();
      const words = new WordSequence();
      let judgedLength = 0;
      let characters = 0;
      let paragraph = '';
      const endParagraph = () => {
        if (paragraph !== '') paragraphs.add(paragraph, countCharacters(paragraph));
        paragraph = '';
      };
      return {
        see(passage) {
          const excerpt = passage.slice(0, MAX_JUDGED_LENGTH - judgedLength);
          judgedLength += excerpt.length;
          characters += countCharacters(excerpt);
          words.add(wordsOf(excerpt));
          for (let start = 0; start < excerpt.length;) {
            const lineBreak = excerpt.indexOf('\n', start);
            const end = lineBreak < 0 ? excerpt.length : lineBreak;
            if (end > start) {
              const line = excerpt.slice(start, end);
              lines.add(line, countCharacters(line));
              paragraph = paragraph === '' ? line : `${paragraph}\n${line}`;
            } else endParagraph();
            start = end + 1;
          }
        },
        verdict() {
          endParagraph();
          return judge(measuresOf({ paragraphs, lines, words, characters }, settings));
        },
      };
    },
  }),
};

/** Counts of the judged part of a document. */
interface Counts {
  paragraphs: Repeats;
  lines: Repeats;
  words: WordSequence;
  characters: number;
}

const measuresOf = (
  { paragraphs, lines, words, characters }: Counts,
  settings: Record<keyof typeof FIELDS, number>,
): Record<keyof typeof FIELDS, Measure> => {
  const top = (n: number, max: number): Measure =>
    shareMeasure(words.topNgramCharacters(n), characters, `of characters are in the top ${n}-word phrase`, max);
  const repeated = (n: number, max: number): Measure =>
    shareMeasure(words.repeatedNgramCharacters(n), characters, `of characters are in repeated ${n}-word phrases`, max);
  const ofCharacters = (pieces: Repeats, name: string, max: number): Measure =>
    shareMeasure(pieces.repeatedCharacters, characters, `of characters are in repeated ${name}`, max);
  return {
    paragraphs: shareMeasure(paragraphs.repeated, paragraphs.pieces, 'of paragraphs are repeated', settings.paragraphs),
    paragraphCharacters: ofCharacters(paragraphs, 'paragraphs', settings.paragraphCharacters),
    lines: shareMeasure(lines.repeated, lines.pieces, 'of lines are repeated', settings.lines),
    lineCharacters: ofCharacters(lines, 'lines', settings.lineCharacters),
    top2: top(2, settings.top2),
    top3: top(3, settings.top3),
    top4: top(4, settings.top4),
    repeated5: repeated(5, settings.repeated5),
    repeated6: repeated(6, settings.repeated6),
    repeated7: repeated(7, settings.repeated7),
    repeated8: repeated(8, settings.repeated8),
    repeated9: repeated(9, settings.repeated9),
    repeated10: repeated(10, settings.repeated10),
  };
};

const shareMeasure = (part: number, total: number, says: string, max: number): Measure => ({
  value: share(part, total),
  says,
  format: formatShare,
  max,
});

/** Code units of a document that are judged, which need less than 100 MB of memory. */
const MAX_JUDGED_LENGTH = 4_000_000;
