/** Tokenizes a rendered conversation. Special tokens of the template become special tokens; messages are plain text. */
import { concatIds } from '../base/concat';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Written } from './said';

interface Encoded {
  ids: Uint32Array;
  /** Special tokens that the template wrote, in order. */
  special: readonly WrittenToken[];
  /**
   * Returns the range of IDs that contain a character of the text range, ends excluded. Includes tokens that cross
   * between a message and the template's text. Null if there are none.
   */
  holding(from: number, to: number): readonly [from: number, to: number] | null;
}

interface WrittenToken {
  id: number;
  /** Index among the IDs. */
  at: number;
  /** Text range, with the white space that the token strips. */
  from: number;
  to: number;
}

/** Text between special tokens, and its IDs. */
interface Stretch {
  text: string;
  from: number;
  /** Index of its first ID. */
  at: number;
  ids: Uint32Array;
}

/**
 * Encodes the text between two special tokens at once, as transformers does. A token may contain both template text
 * and message text.
 * @throws HomegrownError `bad-file` if the text has a lone surrogate
 */
export function encoded({ text, said }: Written, tokenizer: Tokenizer): Encoded {
  const found = specialIn(text, said, tokenizer);
  const parts: Uint32Array[] = [];
  const stretches: Stretch[] = [];
  const special: WrittenToken[] = [];
  let [at, end] = [0, 0];
  const addText = (to: number): void => {
    if (to <= end) return;
    const stretch = { text: text.slice(end, to), from: end, at };
    const ids = tokenizer.encode(stretch.text);
    stretches.push({ ...stretch, ids });
    parts.push(ids);
    at += ids.length;
  };
  for (const token of found) {
    addText(token.from);
    special.push({ ...token, at });
    parts.push(Uint32Array.of(token.id));
    at++;
    end = token.to;
  }
  addText(text.length);
  let inStretches: ReturnType<typeof finder>[] | undefined;
  return {
    ids: concatIds(parts),
    special,
    holding(from, to) {
      const held: number[] = [];
      inStretches ??= stretches.map((stretch) => finder(stretch, tokenizer));
      const isAfter = (i: number): boolean => stretches[i]!.from + stretches[i]!.text.length > from;
      for (let i = firstOf(stretches.length, isAfter); i < stretches.length && stretches[i]!.from < to; i++)
        held.push(...(inStretches[i]!(from, to) ?? []));
      return held.length === 0 ? null : [held[0]!, held.at(-1)!];
    },
  };
}

/** Binary search: the first index for which `holds` is true, given that it stays true; `length` if there is none. */
function firstOf(length: number, holds: (i: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Special tokens outside of messages: left to right, the longest at each place. */
function specialIn(text: string, said: Written['said'], tokenizer: Tokenizer): Omit<WrittenToken, 'at'>[] {
  const { pattern, byText } = patternOf(tokenizer);
  const found: Omit<WrittenToken, 'at'>[] = [];
  if (byText.size === 0) return found;
  let before = 0;
  for (const { from, to } of [...said, { from: text.length, to: text.length }]) {
    for (const match of text.slice(before, from).matchAll(pattern)) {
      const { id, lstrip, rstrip } = byText.get(match[0])!;
      const begin = before + match.index;
      const end = begin + match[0].length;
      const last = found.at(-1)?.to ?? 0;
      if (begin < last) continue;
      found.push({
        id,
        from: lstrip ? Math.max(last, text.slice(0, begin).trimEnd().length) : begin,
        to: rstrip ? end + text.slice(end).length - text.slice(end).trimStart().length : end,
      });
    }
    before = to;
  }
  return found;
}

interface Known {
  id: number;
  /** Whether the token strips white space before and after it, as for added tokens in `tokenizers`. */
  lstrip: boolean;
  rstrip: boolean;
}

function patternOf(tokenizer: Tokenizer): { pattern: RegExp; byText: ReadonlyMap<string, Known> } {
  const kept = patterns.get(tokenizer);
  if (kept) return kept;
  const flags = new Map(tokenizer.model.elsewhere?.added.map((token) => [token.id, token]));
  const byText = new Map(
    tokenizer.special.map(({ id, text }): [string, Known] => {
      const { lstrip = false, rstrip = false } = flags.get(id) ?? {};
      return [text, { id, lstrip, rstrip }];
    }),
  );
  const longest = [...byText.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longest.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g');
  const made = { pattern, byText };
  patterns.set(tokenizer, made);
  return made;
}
const patterns = new WeakMap<Tokenizer, ReturnType<typeof patternOf>>();

/** Returns a function that finds the IDs of a stretch that contain a character of a text range. */
function finder(
  stretch: Stretch,
  tokenizer: Tokenizer,
): (from: number, to: number) => readonly [number, number] | null {
  const { text, ids, at } = stretch;
  const spelt = bytesOf(ids, tokenizer);
  const plain = utf8.encode(text);
  const isPlain = spelt.bytes.length === plain.length && spelt.bytes.every((byte, i) => byte === plain[i]);
  return (from, to) => {
    const [begin, end] = [Math.max(from - stretch.from, 0), Math.min(to - stretch.from, text.length)];
    if (begin >= end) return null;
    const [first, last] = isPlain
      ? [utf8.encode(text.slice(0, begin)).length, utf8.encode(text.slice(0, end)).length]
      : bordersIn(spelt.bytes, text, begin, end, tokenizer);
    const held = firstOf(ids.length, (i) => spelt.ends[i]! > first);
    const after = firstOf(ids.length, (i) => (spelt.ends[i - 1] ?? 0) >= last);
    return held < after ? [at + held, at + after] : null;
  };
}

/**
 * Computes the byte range if the tokenizer normalizes the text. The encoded text before must match the start of the
 * whole, and the text after its end. A character that both sides compose counts as inside the range.
 */
function bordersIn(
  whole: Uint8Array,
  text: string,
  begin: number,
  end: number,
  tokenizer: Tokenizer,
): [number, number] {
  const alone = (part: string): Uint8Array => bytesOf(tokenizer.encode(part), tokenizer).bytes;
  const [before, after] = [alone(text.slice(0, begin)), alone(text.slice(end))];
  let [first, last] = [0, 0];
  while (first < before.length && before[first] === whole[first]) first++;
  while (last < after.length && after[after.length - 1 - last] === whole[whole.length - 1 - last]) last++;
  return [first, whole.length - last];
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
