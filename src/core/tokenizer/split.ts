import { yieldToEventLoop, type Job } from '../base/job';

/** A split pattern: finds the ends of pre-tokens. */
export interface Pattern {
  /** End of the pre-token that begins at `start` < text.length; at most `MAX_PRE_TOKEN` code units long. */
  end(text: string, start: number): number;
  /** Whether that end does not depend on what follows `text`. */
  isFinal(text: string, start: number, end: number): boolean;
}

/**
 * GPT-2's split pattern as hand-written code: linear, without a stack, and able to stop at the end of a chunk. Equals
 *
 *   /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu
 *
 * except that it cuts a run without a break at `MAX_PRE_TOKEN` code units.
 *
 * @returns end of the pre-token that begins at `start` < text.length
 */
export function preTokenEnd(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === APOSTROPHE) {
    const end = contractionEnd(text, start + 1);
    if (end !== 0) return end;
  }
  const limit = Math.min(text.length, start + MAX_PRE_TOKEN);
  let at = start;
  if (first === SPACE && start + 1 < text.length && classAt(text, start + 1) !== WHITE) at++;
  const kind = classAt(text, at);
  while (at < limit && classAt(text, at) === kind) at += width;
  if (at > limit) at -= 2; // a surrogate pair stays whole
  // A space before a word belongs to the word, so a longer run of whitespace excludes its last character.
  if (kind === WHITE && at < limit && at - start > 1) return at - 1;
  return at;
}

export const MAX_PRE_TOKEN = 65_536;

/**
 * Pre-tokens of a text in chunks, which may be split anywhere but inside a code point. Yields batches of about ten
 * thousand, with a turn of the event loop between. Throws the signal's reason when stopped.
 * @param split by default GPT-2's
 */
export async function* preTokens(
  chunks: AsyncIterable<string>,
  { signal }: Pick<Job, 'signal'>,
  { end: endOf, isFinal }: Pattern = GPT2,
): AsyncGenerator<string[]> {
  let pending = '';
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += SLICE) {
      const text: string = pending + chunk.slice(from, from + SLICE);
      const batch: string[] = [];
      let start = 0;
      while (start < text.length) {
        const end = endOf(text, start);
        if (!isFinal(text, start, end)) break;
        batch.push(text.slice(start, end));
        start = end;
      }
      pending = text.slice(start);
      yield batch;
      await yieldToEventLoop();
      signal.throwIfAborted();
    }
  }
  const last: string[] = [];
  for (let start = 0; start < pending.length;) {
    const end = endOf(pending, start);
    last.push(pending.slice(start, end));
    start = end;
  }
  yield last;
}

/** GPT-2's split. An end is final if the whole code point after it, and a whole contraction, are visible. */
export const GPT2: Pattern = {
  end: preTokenEnd,
  isFinal: (text, start, end) => start + 3 <= text.length && end < text.length - 1,
};

/** Code units between two turns of the event loop: a few milliseconds of work. */
const SLICE = 65_536;

const APOSTROPHE = 0x27;
const SPACE = 0x20;

/** End of the contraction whose letters begin at `at`, or 0. */
function contractionEnd(text: string, at: number): number {
  if ('stmd'.includes(text.charAt(at) || '-')) return at + 1;
  return ['re', 've', 'll'].includes(text.slice(at, at + 2)) ? at + 2 : 0;
}

const LETTER = 1;
const NUMBER = 2;
const WHITE = 3;
const OTHER = 4;
/** Class of each code point; 0 = not computed yet. Whitespace is JavaScript's `\s`. */
const classes = new Uint8Array(0x110000);
/** Code units of the last code point in `classAt`. */
let width = 1;

function classAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  const point = (unit & 0xfc00) === 0xd800 ? text.codePointAt(at)! : unit;
  width = point > 0xffff ? 2 : 1;
  return classes[point]! || (classes[point] = classOf(point));
}

function classOf(point: number): number {
  const character = String.fromCodePoint(point);
  if (/\p{L}/u.test(character)) return LETTER;
  if (/\p{N}/u.test(character)) return NUMBER;
  return /\s/u.test(character) ? WHITE : OTHER;
}
