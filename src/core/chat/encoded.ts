/** Tokenizes a rendered conversation. Special tokens of the template become special tokens; messages are plain text. */
import { concatIds } from '../base/concat';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { RenderedText } from './said';

interface EncodedChat {
  ids: Uint32Array;
  /** Special tokens that the template wrote, in order. */
  special: readonly SpecialToken[];
  /**
   * Returns the range of IDs that contain a character of the text range, ends excluded. Includes tokens that cross
   * between a message and the template's text. Null if there are none.
   */
  idRange(from: number, to: number): readonly [from: number, to: number] | null;
}

interface SpecialToken {
  id: number;
  /** Index among the IDs. */
  index: number;
  /** Text range, with the white space that the token strips. */
  from: number;
  to: number;
}

/** Text between special tokens, and its IDs. */
interface TextSegment {
  text: string;
  from: number;
  /** Index of its first ID. */
  firstId: number;
  ids: Uint32Array;
}

/**
 * Encodes the text between two special tokens at once, as transformers does. A token may contain both template text
 * and message text.
 * @throws HomegrownError `bad-file` if the text has a lone surrogate
 */
export function encodeChat({ text, messageRanges }: RenderedText, tokenizer: Tokenizer): EncodedChat {
  const specialTokens = findSpecialTokens(text, messageRanges, tokenizer);
  const idParts: Uint32Array[] = [];
  const segments: TextSegment[] = [];
  const special: SpecialToken[] = [];
  let [idCount, textEnd] = [0, 0];
  const addText = (to: number): void => {
    if (to <= textEnd) return;
    const segment = { text: text.slice(textEnd, to), from: textEnd, firstId: idCount };
    const ids = tokenizer.encode(segment.text);
    segments.push({ ...segment, ids });
    idParts.push(ids);
    idCount += ids.length;
  };
  for (const token of specialTokens) {
    addText(token.from);
    special.push({ ...token, index: idCount });
    idParts.push(Uint32Array.of(token.id));
    idCount++;
    textEnd = token.to;
  }
  addText(text.length);
  let finders: ReturnType<typeof idRangeFinder>[] | undefined;
  return {
    ids: concatIds(idParts),
    special,
    idRange(from, to) {
      const ranges: number[] = [];
      finders ??= segments.map((segment) => idRangeFinder(segment, tokenizer));
      const endsAfter = (i: number): boolean => segments[i]!.from + segments[i]!.text.length > from;
      for (let i = firstIndex(segments.length, endsAfter); i < segments.length && segments[i]!.from < to; i++)
        ranges.push(...(finders[i]!(from, to) ?? []));
      return ranges.length === 0 ? null : [ranges[0]!, ranges.at(-1)!];
    },
  };
}

/** Binary search: the first index for which `holds` is true, given that it stays true; `length` if there is none. */
function firstIndex(length: number, holds: (i: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Special tokens outside of messages: left to right, the longest at each place. */
function findSpecialTokens(
  text: string,
  messageRanges: RenderedText['messageRanges'],
  tokenizer: Tokenizer,
): Omit<SpecialToken, 'index'>[] {
  const { pattern, byText } = specialTokenPattern(tokenizer);
  const tokens: Omit<SpecialToken, 'index'>[] = [];
  if (byText.size === 0) return tokens;
  let segmentStart = 0;
  for (const { from, to } of [...messageRanges, { from: text.length, to: text.length }]) {
    for (const match of text.slice(segmentStart, from).matchAll(pattern)) {
      const { id, lstrip, rstrip } = byText.get(match[0])!;
      const start = segmentStart + match.index;
      const end = start + match[0].length;
      const previousEnd = tokens.at(-1)?.to ?? 0;
      if (start < previousEnd) continue;
      tokens.push({
        id,
        from: lstrip ? Math.max(previousEnd, text.slice(0, start).trimEnd().length) : start,
        to: rstrip ? end + text.slice(end).length - text.slice(end).trimStart().length : end,
      });
    }
    segmentStart = to;
  }
  return tokens;
}

interface TokenFlags {
  id: number;
  /** Whether the token strips white space before and after it, as for added tokens in `tokenizers`. */
  lstrip: boolean;
  rstrip: boolean;
}

function specialTokenPattern(tokenizer: Tokenizer): { pattern: RegExp; byText: ReadonlyMap<string, TokenFlags> } {
  const cached = patterns.get(tokenizer);
  if (cached) return cached;
  const flags = new Map(tokenizer.model.elsewhere?.added.map((token) => [token.id, token]));
  const byText = new Map(
    tokenizer.special.map(({ id, text }): [string, TokenFlags] => {
      const { lstrip = false, rstrip = false } = flags.get(id) ?? {};
      return [text, { id, lstrip, rstrip }];
    }),
  );
  const longestFirst = [...byText.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g');
  const compiled = { pattern, byText };
  patterns.set(tokenizer, compiled);
  return compiled;
}
const patterns = new WeakMap<Tokenizer, ReturnType<typeof specialTokenPattern>>();

/** Returns a function that finds the IDs of a stretch that contain a character of a text range. */
function idRangeFinder(
  segment: TextSegment,
  tokenizer: Tokenizer,
): (from: number, to: number) => readonly [number, number] | null {
  const { text, ids, firstId } = segment;
  const decoded = bytesOf(ids, tokenizer);
  const utf8Text = utf8.encode(text);
  const isUnchanged =
    decoded.bytes.length === utf8Text.length && decoded.bytes.every((byte, i) => byte === utf8Text[i]);
  return (from, to) => {
    const [start, end] = [Math.max(from - segment.from, 0), Math.min(to - segment.from, text.length)];
    if (start >= end) return null;
    const [firstByte, lastByte] = isUnchanged
      ? [utf8.encode(text.slice(0, start)).length, utf8.encode(text.slice(0, end)).length]
      : normalizedByteRange(decoded.bytes, text, start, end, tokenizer);
    const firstToken = firstIndex(ids.length, (i) => decoded.ends[i]! > firstByte);
    const endToken = firstIndex(ids.length, (i) => (decoded.ends[i - 1] ?? 0) >= lastByte);
    return firstToken < endToken ? [firstId + firstToken, firstId + endToken] : null;
  };
}

/**
 * Computes the byte range if the tokenizer normalizes the text. The encoded text before must match the start of the
 * whole, and the text after its end. A character that both sides compose counts as inside the range.
 */
function normalizedByteRange(
  decodedBytes: Uint8Array,
  text: string,
  start: number,
  end: number,
  tokenizer: Tokenizer,
): [number, number] {
  const encodeAlone = (part: string): Uint8Array => bytesOf(tokenizer.encode(part), tokenizer).bytes;
  const [before, after] = [encodeAlone(text.slice(0, start)), encodeAlone(text.slice(end))];
  let [commonPrefix, commonSuffix] = [0, 0];
  while (commonPrefix < before.length && before[commonPrefix] === decodedBytes[commonPrefix]) commonPrefix++;
  while (
    commonSuffix < after.length &&
    after[after.length - 1 - commonSuffix] === decodedBytes[decodedBytes.length - 1 - commonSuffix]
  )
    commonSuffix++;
  return [commonPrefix, decodedBytes.length - commonSuffix];
}

/** Decoded bytes of the IDs, and the end of each ID. */
function bytesOf(ids: Uint32Array, tokenizer: Tokenizer): { bytes: Uint8Array; ends: Uint32Array } {
  const ends = new Uint32Array(ids.length);
  const pieces = Array.from(ids, (id) => tokenizer.bytes(id));
  let length = 0;
  for (const [i, piece] of pieces.entries()) ends[i] = length += piece.length;
  const bytes = new Uint8Array(length);
  for (const [i, piece] of pieces.entries()) bytes.set(piece, ends[i]! - piece.length);
  return { bytes, ends };
}
const utf8 = new TextEncoder();
