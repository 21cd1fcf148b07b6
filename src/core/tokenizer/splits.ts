/**
 * Pre-tokenization rules of byte-level BPE, which merges within pre-tokens. Imported tokenizers use one of these; those
 * trained here use GPT-2's. Add an entry only for a split whose pre-tokens are verified.
 */
import type { Json } from '../base/blobStore';
import type { Normalizer } from '../base/normalizer';
import { GPT2, MAX_PRE_TOKEN, type Pattern } from './split';

export interface Split extends Pattern {
  /** Values of GGUF's `tokenizer.ggml.pre`: writes the first, reads all (llama.cpp, src/llama-vocab.cpp). */
  gguf: readonly [string, ...string[]];
  /** Normalizers that always run before the split. */
  normalizers: readonly Normalizer[];
  /** The `pre_tokenizer` in tokenizer.json. */
  json: Json;
}

export type SplitName = 'gpt-2' | 'smollm' | 'llama-bpe' | 'qwen2';

const byteLevel = (useRegex: boolean): Json => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
});
const byPattern = (pattern: string): Json => ({
  type: 'Sequence',
  pretokenizers: [
    { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ],
});
/** Split of Llama 3 and Qwen 2, which differ in the maximum number of digits per pre-token. */
const byWords = (digits: string): string =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

export const SPLITS: Readonly<Record<SplitName, Split>> = {
  'gpt-2': { gguf: ['gpt-2'], normalizers: [], json: byteLevel(true), ...GPT2 },
  // Isolates every digit, and splits the text between digits like GPT-2, as separate texts.
  smollm: {
    gguf: ['smollm'],
    normalizers: [],
    json: { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel(true)] },
    ...matched(String.raw`\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+`),
  },
  'llama-bpe': {
    gguf: ['llama-bpe', 'llama3', 'llama-v3'],
    normalizers: [],
    json: byPattern(byWords(String.raw`\p{N}{1,3}`)),
    ...matched(byWords(String.raw`\p{N}{1,3}`)),
  },
  qwen2: {
    gguf: ['qwen2'],
    normalizers: [{ type: 'NFC' }],
    json: byPattern(byWords(String.raw`\p{N}`)),
    ...matched(byWords(String.raw`\p{N}`)),
  },
};
export const SPLIT_NAMES = Object.keys(SPLITS) as [SplitName, ...SplitName[]];

/**
 * Matches an Oniguruma pattern like the crate `tokenizers`. Whitespace is Unicode's, unlike JavaScript's (with U+0085,
 * without U+FEFF), and U+017F matches s when case is ignored.
 */
function matched(pattern: string): Pattern {
  const source = pattern
    .replace(/\(\?i:([^)]*)\)/g, (_, letters: string) => `(?:${letters.replace(/[a-z]/g, eitherCase)})`)
    .replaceAll('\\s', '\\p{White_Space}')
    .replaceAll('\\S', '\\P{White_Space}');
  const regex = new RegExp(source, 'uy');
  return {
    end(text, start) {
      // Limits the pattern to the maximum pre-token, so that a run without a break takes linear time.
      const isLong = text.length - start > MAX_PRE_TOKEN;
      const window = isLong ? text.slice(start, wholeCharacter(text, start + MAX_PRE_TOKEN)) : text;
      const from = isLong ? 0 : start;
      regex.lastIndex = from;
      regex.test(window);
      return start + regex.lastIndex - from;
    },
    isFinal(text, start, end) {
      if (text.length - start > MAX_PRE_TOKEN) return true;
      // The end of a whitespace pre-token depends on the whole run, and on what follows it.
      let at = end;
      while (at < text.length && WHITE.test(text.charAt(at))) at++;
      return start + 3 <= text.length && at < text.length - 1;
    },
  };
}
function eitherCase(letter: string): string {
  return `[${letter}${letter.toUpperCase()}${letter === 's' ? '\u017f' : ''}]`;
}
const WHITE = /\p{White_Space}/u;

/** Returns `at`, or `at - 1` if inside a surrogate pair. */
const wholeCharacter = (text: string, at: number): number => ((text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at);
