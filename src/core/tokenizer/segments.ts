/**
 * Splits texts into segments for tokenizers that need a whole text. Cuts where words begin, so that the segments have
 * the ids of the text. The cuts depend only on the text, not on its chunks.
 */
import { MAX_PRE_TOKEN } from './split';

/** End of the segment that begins at `start`; undefined if more text is needed. */
function segmentEnd(text: string, start: number, isWhole: boolean): number | undefined {
  const rest = text.length - start;
  if (rest <= MIN && isWhole) return text.length;
  // Includes the whole characters before the first and after the last possible end.
  const window = text.slice(start + MIN - 2, start + MAX_PRE_TOKEN + 3);
  WORD_BEGINS.lastIndex = 2;
  const at = WORD_BEGINS.exec(window)?.index;
  if (at !== undefined && at + MIN - 2 <= MAX_PRE_TOKEN) return start + MIN - 2 + at;
  // Cuts a run without such a place at the maximum, like our own splits.
  if (rest > MAX_PRE_TOKEN) return start + MAX_PRE_TOKEN - (isHalf(text, start + MAX_PRE_TOKEN) ? 1 : 0);
  return isWhole ? text.length : undefined;
}

/** Segments of a text in chunks. */
export async function* segments(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let pending = '';
  for await (const chunk of chunks) {
    pending += chunk;
    let start = 0;
    // The text must include the end of the segment: a space, and the letter after it.
    for (let end = segmentEnd(pending, start, false); end !== undefined && end + 3 < pending.length;) {
      yield pending.slice(start, end);
      start = end;
      end = segmentEnd(pending, start, false);
    }
    pending = pending.slice(start);
  }
  yield* wholeSegments(pending);
}

export function* wholeSegments(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = segmentEnd(text, start, true)!;
    yield text.slice(start, end);
    start = end;
  }
}

/** Minimum code units of a segment: large, so that few words begin a segment. */
const MIN = 4096;
/** A single space that no normalization rule combines with its neighbors. */
const WORD_BEGINS = /(?<=[\p{L}\p{N}\p{P}]) (?![\p{Grapheme_Extend}\u0e33\u0eb3])(?=[\p{L}\p{N}])/gu;

const isHalf = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
