/**
 * Narrow storage types for weights.
 *
 *   f16   nearest half
 *   q8    blocks of 32: a scale and 32 int8 values, each multiplied by the scale. GGUF's Q8_0, with a wider scale.
 *
 * A scale is an f32 with 11 significant bits, as in a half. Each value is therefore exact in f32, and rounding twice
 * changes nothing.
 */
import { fromHalf, toHalf } from './half';

export const NARROW_DTYPES = ['f16', 'q8'] as const;
export type NarrowDtype = (typeof NARROW_DTYPES)[number];

/** Values per block, and 32-bit words per block: the scale, then four int8 values a word, lowest byte first. */
export const BLOCK_OF_8 = 32;
export const WORDS_OF_8 = 1 + BLOCK_OF_8 / 4;

/** Rounds each value to its stored precision. @param values whole blocks for q8 */
export const rounded = (values: Float32Array, rest: NarrowDtype): Float32Array =>
  rest === 'f16' ? Float32Array.from(toHalf(values), fromHalf) : widenedBlocks(blocksOf(values));

/** Quantizes to q8: the blocks in a row, as 32-bit words. */
export function blocksOf(values: Float32Array): Int32Array<ArrayBuffer> {
  const words = new Int32Array((values.length / BLOCK_OF_8) * WORDS_OF_8);
  const scales = new Float32Array(words.buffer);
  const bytes = new Int8Array(words.buffer);
  for (let from = 0, at = 0; from < values.length; from += BLOCK_OF_8, at += WORDS_OF_8) {
    let largest = 0;
    for (let i = from; i < from + BLOCK_OF_8; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = (scales[at] = shortened(largest / 127));
    if (scale === 0) continue;
    for (let i = 0; i < BLOCK_OF_8; i++)
      bytes[4 * (at + 1) + i] = Math.max(-127, Math.min(127, Math.round(values[from + i]! / scale)));
  }
  return words;
}

/** Dequantizes q8 blocks. */
export function widenedBlocks(words: Int32Array): Float32Array {
  const scales = new Float32Array(words.buffer, words.byteOffset, words.length);
  const bytes = new Int8Array(words.buffer, words.byteOffset, 4 * words.length);
  const values = new Float32Array((words.length / WORDS_OF_8) * BLOCK_OF_8);
  for (let to = 0, at = 0; at < words.length; to += BLOCK_OF_8, at += WORDS_OF_8)
    for (let i = 0; i < BLOCK_OF_8; i++) values[to + i] = bytes[4 * (at + 1) + i]! * scales[at]!;
  return values;
}

/** Rounds to nearest, to 11 significant bits (10 stored). */
function shortened(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0]! + 0x1000) & ~0x1fff;
  return new Float32Array(bits.buffer)[0]!;
}
