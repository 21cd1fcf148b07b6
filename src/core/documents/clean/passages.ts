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
  maxLength = MAX_PASSAGE_LENGTH,
): AsyncGenerator<string> {
  let remaining = '';
  for await (const chunk of chunks) {
    remaining += chunk;
    // One extra code unit shows whether this passage is the last, and what the next begins with.
    while (remaining.length > maxLength) {
      const end = passageEnd(remaining, maxLength);
      yield remaining.slice(0, end);
      remaining = remaining.slice(end);
    }
  }
  if (remaining !== '') yield remaining;
}

/** End of a passage of at most `longest` code units, in a longer text. */
function passageEnd(text: string, maxLength: number): number {
  for (const ending of ENDINGS) {
    const index = lastEndingWithin(text, ending, maxLength);
    if (index > maxLength / 2) return index;
  }
  let index = maxLength;
  while (index > maxLength / 2 && !isBetweenCharacters(text, index)) index--;
  // Without any such end, only a surrogate pair must not be cut.
  return index > maxLength / 2 ? index : maxLength - (isLowSurrogate(text.charCodeAt(maxLength)) ? 1 : 0);
}
const ENDINGS = ['\r\n\r\n', '\n\n', '\n', ' '];

/** End of the last match within `longest` that doesn't split a character sequence; 0 if there is none. */
function lastEndingWithin(text: string, ending: string, maxLength: number): number {
  // If there is no match, the engine's forward search shows it many times faster than its backward search.
  const first = text.indexOf(ending, maxLength / 2 - ending.length);
  if (first < 0 || first + ending.length > maxLength) return 0;
  for (let index = maxLength; index > maxLength / 2; index--) {
    index = text.lastIndexOf(ending, index - ending.length) + ending.length;
    if (index < ending.length) return 0;
    if (isBetweenCharacters(text, index)) return index;
  }
  return 0;
}

/** Whether a passage may end here: not before white space, to keep runs whole, nor before a combining character. */
function isBetweenCharacters(text: string, index: number): boolean {
  const next = text.codePointAt(index)!;
  if (isLowSurrogate(text.charCodeAt(index))) return false;
  return !/\s|\p{M}|\p{Emoji_Modifier}|[\u200c\u200d]/u.test(String.fromCodePoint(next));
}
const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
