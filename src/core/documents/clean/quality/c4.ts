/** What C4 does to a line, in the order of TensorFlow Datasets' c4_utils.py and datatrove's C4QualityFilter. */

interface C4Settings {
  words: number;
  longest: number;
}
/** The line as it stays, and whether that is all of it but white space around it; '' where it goes; or the whole document's reason to go. */
type C4Line = { text: string; isWhole: boolean } | { document: string };

/** @param mayBeNamed false where `hasNamed` of a text that has the line is so */
export function c4Line(line: string, { words, longest }: C4Settings, mayBeNamed = true): C4Line {
  const trimmed = line.trim();
  if (trimmed === '') return GONE;
  const { count, longestOf } = measured(trimmed);
  if (longestOf > longest) return GONE;
  const text = trimmed.includes('[') ? withoutCitations(trimmed) : trimmed;
  if (!ENDS.has(text.at(-1)!) || text.endsWith('...')) return GONE;
  if ((text === trimmed ? count : measured(text).count) < words) return GONE;
  const isWhole = text === trimmed;
  // Without what was taken out of it there may be a name that was not there.
  if (isWhole && !mayBeNamed) return { text, isWhole };
  if (/lorem ipsum/i.test(text)) return { document: 'it contains “lorem ipsum”' };
  if (/javascript/i.test(text)) return GONE;
  if (text.includes('{')) return { document: 'it contains a curly bracket, as code does' };
  return POLICIES.test(text) ? GONE : { text, isWhole };
}
const GONE = { text: '', isWhole: false };
const ENDS = new Set('.?!"\'');
const POLICIES = /terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies/i;
/** Whether any line of a text has a name by which it, or the document, goes. */
export const hasNamed = (text: string): boolean => /\{|lorem ipsum|javascript/i.test(text) || POLICIES.test(text);

/** Again, where taking one out has made another. */
function withoutCitations(line: string): string {
  for (let text = line; ;) {
    const without = text.replace(/\[\d*\]|\[edit\]|\[citation needed\]/g, '').trim();
    if (without === text) return text;
    text = without;
  }
}

/** Of what spaces part, in code units. */
function measured(line: string): { count: number; longestOf: number } {
  let count = 0;
  let longestOf = 0;
  let length = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code > 0x20 && (code < 0x80 || !/\s/.test(line[i]!))) {
      if (length++ === 0) count++;
      if (length > longestOf) longestOf = length;
    } else length = 0;
  }
  return { count, longestOf };
}
