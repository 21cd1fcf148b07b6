/** Choice and replacement of masked tokens. */
import { real } from '../base/field';
import { stream } from '../base/rng';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** Share of masked tokens. */
export const MASK_RATE = real({
  label: 'Mask rate',
  name: 'Mask rate',
  hint: 'share of tokens',
  help: 'Share of tokens that are masked',
  row: 'main',
  min: 0.01,
  max: 0.9,
  stored: [0, 1],
  step: 0.05,
  initial: 0.15,
  absent: 0.15,
});

/** Masking of a row; deterministic for the same random numbers. */
interface Masking {
  /** Maximum number of masked tokens: fewer where whole words do not fit. */
  max: number;
  wholeWords: boolean;
  /** Shares of masked tokens that become the mask or a random token; the others stay unchanged. */
  shares: { mask: number; random: number };
}

/** Devlin et al. 2018, section 3.1: the mask must not be the only sign of a token to predict. */
export const EIGHTY_TEN_TEN = { mask: 0.8, random: 0.1 } as const;
/** For evaluation: the model would copy tokens that stay unchanged. */
export const ALL_BY_MASK = { mask: 1, random: 0 } as const;

/** Number of masked tokens in a row of `context`, as in BERT's code: at least one. */
export const masksOf = (context: number, maskRate: number): number => Math.max(1, Math.round(maskRate * context));

/**
 * Masked places in `ids`, ascending, and the ids with their replacements. Special tokens, and tokens without bytes, stay.
 * Skips words that no longer fit, as in BERT's code.
 * @param draw the next number in [0, 1)
 */
export function masked(
  ids: Uint32Array,
  tokenizer: Tokenizer,
  { max, wholeWords, shares }: Masking,
  draw: () => number,
): { places: number[]; shown: Uint32Array } {
  const words = wholeWords ? wordsOf(ids, tokenizer) : tokensOf(ids, tokenizer);
  const places: number[] = [];
  for (let left = words.length; left > 0 && places.length < max; left--) {
    const at = Math.floor(draw() * left);
    const { from, to } = words[at]!;
    words[at] = words[left - 1]!;
    if (places.length + to - from > max) continue;
    for (let place = from; place < to; place++) places.push(place);
  }
  places.sort((a, b) => a - b);
  const shown = ids.slice();
  for (const place of places) {
    const kind = draw();
    if (kind < shares.mask) shown[place] = tokenizer.idOf('mask');
    else if (kind < shares.mask + shares.random) shown[place] = ordinary(tokenizer, draw);
  }
  return { places, shown };
}

/** Random numbers in [0, 1) for a row of a training step or evaluation. */
export function drawing(purpose: string, { seed, step, row }: { seed: number; step: number; row: number }) {
  const at = stream(seed, `${purpose} ${row}`, step);
  let n = 0;
  return (): number => at(n++) / 2 ** 32;
}

interface Span {
  from: number;
  to: number;
}

function tokensOf(ids: Uint32Array, tokenizer: Tokenizer): Span[] {
  const spans: Span[] = [];
  for (const [from, id] of ids.entries()) if (tokenizer.bytes(id).length > 0) spans.push({ from, to: from + 1 });
  return spans;
}

/**
 * Groups tokens into words: each token after the first continues letters or digits of the one before. Works on bytes, with
 * any tokenizer: a word's first token has the space before it, and WordPiece's `##` is dropped.
 */
export function wordsOf(ids: Uint32Array, tokenizer: Tokenizer): Span[] {
  const words: Span[] = [];
  let isOpen = false;
  for (const [place, id] of ids.entries()) {
    const bytes = tokenizer.bytes(id);
    if (bytes.length === 0) {
      isOpen = false;
      continue;
    }
    if (isOpen && isOfWord(bytes[0]!)) words.at(-1)!.to = place + 1;
    else words.push({ from: place, to: place + 1 });
    isOpen = isOfWord(bytes.at(-1)!);
  }
  return words;
}

/** An ASCII letter or digit, or part of a non-ASCII character. */
const isOfWord = (byte: number): boolean =>
  byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

/** Random token that stands for text, uniformly. */
function ordinary(tokenizer: Tokenizer, draw: () => number): number {
  for (;;) {
    const id = Math.floor(draw() * tokenizer.size);
    if (tokenizer.bytes(id).length > 0) return id;
  }
}
