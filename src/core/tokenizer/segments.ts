/**
 * Texts in segments, for tokenizers that are applied to a whole text: cut where words begin, so that the ids of the segments
 * are those of the text. The cuts follow from the text alone, whatever the chunks are that it comes in.
 */
import { MAX_PRE_TOKEN } from './split';

/** The end of the segment that begins at `start`; undefined while more of the text is needed to know it. */
function segmentEnd(text: string, start: number, isWhole: boolean): number | undefined {
  const rest = text.length - start;
  if (rest <= MIN && isWhole) return text.length;
  // With the whole character before it, and after the last place where it may end.
  const window = text.slice(start + MIN - 2, start + MAX_PRE_TOKEN + 3);
  WORD_BEGINS.lastIndex = 2;
  const at = WORD_BEGINS.exec(window)?.index;
  if (at !== undefined && at + MIN - 2 <= MAX_PRE_TOKEN) return start + MIN - 2 + at;
  // A run without such a place is cut there, as those of our own are.
  if (rest > MAX_PRE_TOKEN) return start + MAX_PRE_TOKEN - (isHalf(text, start + MAX_PRE_TOKEN) ? 1 : 0);
  return isWhole ? text.length : undefined;
}

/** The segments of a text that comes in chunks. */
export async function* segments(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let pending = '';
  for await (const chunk of chunks) {
    pending += chunk;
    let start = 0;
    // The end of a segment must be visible: a space, and a letter after it.
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

/** Minimum code units of a segment: enough that it starts with few words. */
const MIN = 4096;
/** One space between characters that no normalization rule joins with it. */
const WORD_BEGINS = /(?<=[\p{L}\p{N}\p{P}]) (?![\p{Grapheme_Extend}\u0e33\u0eb3])(?=[\p{L}\p{N}])/gu;

const isHalf = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
