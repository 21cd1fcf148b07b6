/**
 * SentencePiece's compiled normalization rules (`precompiled_charsmap`), applied like in the crate `tokenizers`
 * (spm_precompiled): a double-array trie of keys (darts-clone), then the zero-terminated replacements.
 */
import { damaged } from './elsewhere';

/**
 * @param count called with each replacement; may throw
 * @throws HomegrownError `bad-file` if the bytes are not such rules
 */
export function charsmap(base64: string, count = (text: string): string => text): (text: string) => string {
  const { trie, replacements } = parse(base64);
  const found = new Map<string, string | undefined>();
  /** Replacement of a piece by the shortest rule that matches its start; undefined if none does. */
  const replaced = (piece: string): string | undefined => {
    if (found.has(piece)) return found.get(piece);
    const at = firstMatch(trie, utf8.encode(piece));
    const text = at === undefined ? undefined : textAt(replacements, at);
    if (found.size >= MAX_CACHED) found.clear();
    found.set(piece, text);
    return text;
  };
  const isAsciiKept = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).every(
    (character) => replaced(character) === undefined,
  );
  const normalised = (text: string): string => {
    let all = '';
    for (const { segment } of GRAPHEMES.segment(text)) {
      const whole = utf8Length(segment) < 6 ? replaced(segment) : undefined;
      if (whole !== undefined) all += count(whole);
      else for (const character of segment) all += count(replaced(character) ?? character);
    }
    return all;
  };
  // A grapheme never has two printable ASCII characters, so runs of those are skipped.
  return isAsciiKept ? (text) => text.replace(OTHERS, normalised) : normalised;
}

const OTHERS = /(?:[ -~]?[^ -~]+)+[ -~]?/g;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const MAX_CACHED = 20_000;
const utf8 = new TextEncoder();

function utf8Length(text: string): number {
  return text.length >= 6 ? text.length : utf8.encode(text).length;
}

interface Rules {
  trie: Uint32Array;
  replacements: Uint8Array;
}

function parse(base64: string): Rules {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    throw notRules();
  }
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (bytes.length < 8) throw notRules();
  const view = new DataView(bytes.buffer);
  const size = view.getUint32(0, true);
  if (size === 0 || size % 4 !== 0 || size > bytes.length - 4) throw notRules();
  const trie = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
  return { trie, replacements: bytes.subarray(4 + size) };
}
const notRules = (): Error => damaged('The tokenizer’s normalization rules (precompiled_charsmap) are damaged');

/** Offset of the replacement for the shortest key that the bytes begin with. */
function firstMatch(trie: Uint32Array, key: Uint8Array): number | undefined {
  let unit = trie[0]!;
  let at = offset(unit);
  for (const byte of key) {
    if (byte === 0) return undefined;
    at ^= byte;
    const next = trie[at];
    if (next === undefined || (next & LABEL) >>> 0 !== byte) return undefined;
    unit = next;
    at ^= offset(unit);
    if ((unit >>> 8) & 1) return (trie[at] ?? 0) & VALUE;
  }
  return undefined;
}
const LABEL = 0x800000ff;
const VALUE = 0x7fffffff;
const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

function textAt(replacements: Uint8Array, at: number): string {
  const end = replacements.indexOf(0, at);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(replacements.subarray(at, end === -1 ? undefined : end));
}
