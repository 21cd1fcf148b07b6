/** C4's line filter, in the order of TensorFlow Datasets' c4_utils.py and datatrove's C4QualityFilter. */

interface C4Settings {
  words: number;
  longest: number;
}
/** Resulting line ('': removed), and whether only outer white space changed; or the reason to remove the document. */
type C4Line = { text: string; isTrimmedOnly: boolean } | { document: string };

/** @param mayHaveFilteredTerm `hasNamed` of a text that contains the line */
export function c4Line(line: string, { words, longest }: C4Settings, mayHaveFilteredTerm = true): C4Line {
  const trimmed = line.trim();
  if (trimmed === '') return REMOVED;
  const { count, longestWord } = countWords(trimmed);
  if (longestWord > longest) return REMOVED;
  const text = trimmed.includes('[') ? withoutCitations(trimmed) : trimmed;
  if (!SENTENCE_ENDS.has(text.at(-1)!) || text.endsWith('...')) return REMOVED;
  if ((text === trimmed ? count : countWords(text).count) < words) return REMOVED;
  const isTrimmedOnly = text === trimmed;
  // Removing a citation can create a match that the text didn't have.
  if (isTrimmedOnly && !mayHaveFilteredTerm) return { text, isTrimmedOnly };
  if (/lorem ipsum/i.test(text)) return { document: 'it contains “lorem ipsum”' };
  if (/javascript/i.test(text)) return REMOVED;
  if (text.includes('{')) return { document: 'it contains a curly bracket, as code does' };
  return POLICIES.test(text) ? REMOVED : { text, isTrimmedOnly };
}
const REMOVED = { text: '', isTrimmedOnly: false };
const SENTENCE_ENDS = new Set('.?!"\'');
const POLICIES = /terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies/i;
/** Whether a text contains any term that removes a line or the document. */
export const hasFilteredTerm = (text: string): boolean =>
  /\{|lorem ipsum|javascript/i.test(text) || POLICIES.test(text);

/** Repeats, because removing a citation can create another. */
function withoutCitations(line: string): string {
  for (let text = line; ;) {
    const without = text.replace(/\[\d*\]|\[edit\]|\[citation needed\]/g, '').trim();
    if (without === text) return text;
    text = without;
  }
}

/** Counts words between spaces, and the longest in code units. */
function countWords(line: string): { count: number; longestWord: number } {
  let count = 0;
  let longestWord = 0;
  let length = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code > 0x20 && (code < 0x80 || !/\s/.test(line[i]!))) {
      if (length++ === 0) count++;
      if (length > longestWord) longestWord = length;
    } else length = 0;
  }
  return { count, longestWord };
}
