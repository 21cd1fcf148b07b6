/** Suggests a prompt for a model trained on a text: words from that text, so in its language. */

/**
 * Returns the two words that begin the most sentences, the first of equals; undefined if there are no sentences.
 * @param start first few thousand characters of the text
 */
export function promptFrom(start: string): string | undefined {
  const openings = new Map<string, number>();
  for (const sentence of start.split(/(?<=[.!?…。！？؟।])["'’”»)\]]*\s*|\n\s*\n/u)) {
    const opening = openingOf(sentence.replace(/\s+/g, ' ').trim());
    if (opening !== undefined) openings.set(opening, (openings.get(opening) ?? 0) + 1);
  }
  const [first] = [...openings].toSorted(([, a], [, b]) => b - a); // stable sort: the first of equals wins
  return first?.[0];
}

/** Minimum words of a sentence; shorter ones are headings, names and dates. */
const MIN_WORDS = 5;

function openingOf(sentence: string): string | undefined {
  const wordEnds: number[] = []; // end offsets
  for (const { isWordLike, segment, index } of SEGMENTER.segment(sentence.slice(0, 200))) {
    if (isWordLike && /\p{L}/u.test(segment)) wordEnds.push(index + segment.length);
    if (wordEnds.length === MIN_WORDS) break;
  }
  const start = /\p{L}/u.exec(sentence)?.index;
  if (wordEnds.length < MIN_WORDS || start === undefined) return undefined;
  const opening = sentence.slice(start, wordEnds[1]);
  return PLAIN_WORDS.test(opening) ? opening : undefined;
}
/** Matches plain words, because nobody would type markup, code or escapes such as `\\n` as a prompt. */
const PLAIN_WORDS = /^[\p{L}\p{M}\p{N}\s'’-]+$/u;
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'word' });
