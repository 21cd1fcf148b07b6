/** Suggested prompts for a model trained on a text: words of that text, in its language. */

/**
 * The two words with which most of its sentences begin, of those that begin so first; undefined where it has no sentence.
 * @param start of the text, some thousand characters
 */
export function promptFrom(start: string): string | undefined {
  const openings = new Map<string, number>();
  for (const sentence of start.split(/(?<=[.!?…。！？؟।])["'’”»)\]]*\s*|\n\s*\n/u)) {
    const opening = openingOf(sentence.replace(/\s+/g, ' ').trim());
    if (opening !== undefined) openings.set(opening, (openings.get(opening) ?? 0) + 1);
  }
  const [first] = [...openings].toSorted(([, a], [, b]) => b - a); // stable: of equals the first in the text
  return first?.[0];
}

/** Words that a sentence has at least: shorter ones are headings, names and dates. */
const MIN = 5;

function openingOf(sentence: string): string | undefined {
  const words: number[] = []; // where each ends
  for (const { isWordLike, segment, index } of SEGMENTER.segment(sentence.slice(0, 200))) {
    if (isWordLike && /\p{L}/u.test(segment)) words.push(index + segment.length);
    if (words.length === MIN) break;
  }
  const begin = /\p{L}/u.exec(sentence)?.index;
  if (words.length < MIN || begin === undefined) return undefined;
  const opening = sentence.slice(begin, words[1]);
  return PLAIN.test(opening) ? opening : undefined;
}
/** Words alone: markup, code and escapes such as `\\n` are no beginning that a person would write. */
const PLAIN = /^[\p{L}\p{M}\p{N}\s'’-]+$/u;
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'word' });
