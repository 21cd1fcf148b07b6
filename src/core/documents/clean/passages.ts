/** Splits a document into passages, which rules see and change. Independent of the chunks of the text. */

/** Maximum code units of a passage. */
export const MAX_PASSAGE_LENGTH = 2 ** 20;

/**
 * Splits a text into passages; joined, they are the text. A passage ends at its last blank line, else at the last line
 * end, else at the last space, else between two characters. Shorter text is one passage.
 * @param chunks of whole code points
 */
export async function* passagesOf(
  chunks: AsyncIterable<string> | Iterable<string>,
  longest = MAX_PASSAGE_LENGTH,
): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    // One extra code unit shows whether this passage is the last, and what the next begins with.
    while (rest.length > longest) {
      const end = endOf(rest, longest);
      yield rest.slice(0, end);
      rest = rest.slice(end);
    }
  }
  if (rest !== '') yield rest;
}

/** End of a passage of at most `longest` code units, in a longer text. */
function endOf(text: string, longest: number): number {
  for (const end of ENDS) {
    const at = lastOf(text, end, longest);
    if (at > longest / 2) return at;
  }
  let at = longest;
  while (at > longest / 2 && !isBetweenCharacters(text, at)) at--;
  // Without any such end, only a surrogate pair must not be cut.
  return at > longest / 2 ? at : longest - (isLowSurrogate(text.charCodeAt(longest)) ? 1 : 0);
}
const ENDS = ['\r\n\r\n', '\n\n', '\n', ' '];

/** End of the last match within `longest` that doesn't split a character sequence; 0 if there is none. */
function lastOf(text: string, end: string, longest: number): number {
  // If there is no match, the engine's forward search shows it many times faster than its backward search.
  const first = text.indexOf(end, longest / 2 - end.length);
  if (first < 0 || first + end.length > longest) return 0;
  for (let at = longest; at > longest / 2; at--) {
    at = text.lastIndexOf(end, at - end.length) + end.length;
    if (at < end.length) return 0;
    if (isBetweenCharacters(text, at)) return at;
  }
  return 0;
}

/** Whether a passage may end here: not before white space, to keep runs whole, nor before a combining character. */
function isBetweenCharacters(text: string, at: number): boolean {
  const after = text.codePointAt(at)!;
  if (isLowSurrogate(text.charCodeAt(at))) return false;
  return !/\s|\p{M}|\p{Emoji_Modifier}|[\u200c\u200d]/u.test(String.fromCodePoint(after));
}
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
