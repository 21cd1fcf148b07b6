/** Removes documents whose words and lines aren't like prose, as Gopher does. */
import { real, text, whole } from '../../../base/field';
import { formatCount, formatNumber, formatShare } from '../../../base/units';
import { judge, share } from '../quality/judge';
import { countOf, eachLine } from '../quality/lines';
import { HAS_LETTER, HAS_MORE, wordsOf } from '../quality/words';
import type { Rule, Verdict } from './rule';

const FIELDS = {
  leastWords: whole({ label: 'Minimum words', min: 0, max: 1e9, initial: 50 }),
  mostWords: whole({ label: 'Maximum words', min: 1, max: 1e12, initial: 100_000 }),
  shortest: real({ label: 'Minimum mean word length', unit: 'characters', min: 0, max: 100, initial: 3 }),
  longest: real({ label: 'Maximum mean word length', unit: 'characters', min: 1, max: 1000, initial: 10 }),
  symbols: real({ label: 'Hash signs or ellipses per word', min: 0, max: 1, initial: 0.1, hint: 'maximum of each' }),
  bullets: real({ label: 'Lines that start with a bullet', min: 0, max: 1, initial: 0.9, hint: 'maximum' }),
  ellipses: real({ label: 'Lines that end with an ellipsis', min: 0, max: 1, initial: 0.3, hint: 'maximum' }),
  letters: real({ label: 'Words with a letter', min: 0, max: 1, initial: 0.8, hint: 'minimum' }),
  stopWords: whole({ label: 'Minimum common words found', min: 0, max: 100, initial: 2 }),
  common: text({
    label: 'Common words',
    hint: 'in the text’s language',
    maxLength: 2000,
    initial: 'the be to of and that have with',
  }),
};
const MEASURES = {
  words: { label: 'Words', format: formatCount, min: 'leastWords', max: 'mostWords' },
  wordLength: { label: 'Mean word length', format: formatNumber, min: 'shortest', max: 'longest' },
  hashes: { label: 'Hash signs per word', format: formatNumber, max: 'symbols' },
  ellipses: { label: 'Ellipses per word', format: formatNumber, max: 'symbols' },
  bulletLines: { label: 'Lines that start with a bullet', format: formatShare, max: 'bullets' },
  ellipsisLines: { label: 'Lines that end with an ellipsis', format: formatShare, max: 'ellipses' },
  wordsWithLetter: { label: 'Words with a letter', format: formatShare, min: 'letters' },
  commonWords: { label: 'Common words found', format: formatCount, min: 'stopWords' },
} as const;

/** Thresholds of Rae et al. 2021, A.1.1; datatrove 0.10's GopherQualityFilter, but words of quality/words.ts. */
export const gopherQuality: Rule<typeof FIELDS> = {
  label: 'Gopher quality filter',
  does: 'Removes documents that aren’t prose, by their words and symbols',
  costs: 'removes lists, tables, verse and code; for languages other than English, set their common words',
  source: 'Rae et al. 2021 (Gopher), table A1, as in Hugging Face’s datatrove',
  kind: 'leaves out',
  fields: FIELDS,
  measures: MEASURES,
  start(settings) {
    const commonWords = new Set(settings.common.split(/\s+/).filter((word) => word !== ''));
    const maxCommonLength = Math.max(0, ...Array.from(commonWords, (word) => word.length));
    return {
      document() {
        const foundCommonWords = new Set<string>();
        let words = 0;
        let withMore = 0;
        let characters = 0;
        let withLetter = 0;
        let hashes = 0;
        let ellipses = 0;
        let lines = 0;
        let bullets = 0;
        let ellipsisEnds = 0;
        return {
          see(passage) {
            const passageWords = wordsOf(passage);
            words += passageWords.count;
            for (let i = 0; i < passageWords.count; i++) {
              const flags = passageWords.flags[i]!;
              if (flags & HAS_LETTER) withLetter++;
              if ((flags & HAS_MORE) === 0) continue;
              withMore++;
              characters += passageWords.characters[i]!;
              const [start, end] = [passageWords.starts[i]!, passageWords.ends[i]!];
              if (end - start > maxCommonLength || foundCommonWords.size === commonWords.size) continue;
              const word = passage.slice(start, end);
              if (commonWords.has(word)) foundCommonWords.add(word);
            }
            hashes += countOf(passage, '#');
            ellipses += countOf(passage, '...') + countOf(passage, '…');
            eachLine(passage, (start, end) => {
              lines++;
              while (start < end && isSpace(passage, start)) start++;
              while (start < end && isSpace(passage, end - 1)) end--;
              if (start === end) return;
              if (passage[start] === '•' || passage[start] === '-') bullets++;
              if (passage[end - 1] === '…' || (end - start >= 3 && passage.startsWith('...', end - 3))) ellipsisEnds++;
            });
          },
          verdict: () =>
            judgeCounts(
              {
                words,
                withMore,
                characters,
                withLetter,
                hashes,
                ellipses,
                lines,
                bullets,
                ellipsisEnds,
                common: foundCommonWords.size,
              },
              settings,
            ),
        };
      },
    };
  },
};

const isSpace = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return code <= 0x20 || (code >= 0x85 && /\s/.test(text[index]!));
};

/** Counts of a document. */
interface Counts {
  /** All words, those of more than punctuation with their characters, and those with a letter. */
  words: number;
  withMore: number;
  characters: number;
  withLetter: number;
  hashes: number;
  ellipses: number;
  lines: number;
  bullets: number;
  ellipsisEnds: number;
  /** Number of different common words. */
  common: number;
}

function judgeCounts(counts: Counts, settings: Parameters<typeof gopherQuality.start>[0]): Verdict {
  const { words, withMore, characters, withLetter, hashes, ellipses, lines, bullets, ellipsisEnds, common } = counts;
  return judge({
    words: {
      value: withMore,
      says: 'words',
      format: formatCount,
      min: settings.leastWords,
      max: settings.mostWords,
    },
    wordLength: {
      value: share(characters, withMore),
      says: 'characters per word',
      format: formatNumber,
      min: settings.shortest,
      max: settings.longest,
    },
    hashes: {
      value: share(hashes, words),
      says: 'hash signs per word',
      format: formatNumber,
      max: settings.symbols,
    },
    ellipses: {
      value: share(ellipses, words),
      says: 'ellipses per word',
      format: formatNumber,
      max: settings.symbols,
    },
    bulletLines: {
      value: share(bullets, lines),
      says: 'of lines start with a bullet',
      format: formatShare,
      max: settings.bullets,
    },
    ellipsisLines: {
      value: share(ellipsisEnds, lines),
      says: 'of lines end with an ellipsis',
      format: formatShare,
      max: settings.ellipses,
    },
    wordsWithLetter: {
      value: share(withLetter, words),
      says: 'of words have a letter',
      format: formatShare,
      min: settings.letters,
    },
    commonWords: {
      value: common,
      says: `of the common words “${settings.common.trim()}” found`,
      format: formatCount,
      min: settings.stopWords,
    },
  });
}
