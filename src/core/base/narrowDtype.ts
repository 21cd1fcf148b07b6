/**
 * Numbers that rest in fewer bytes.
 *
 *   f16   the nearest half
 *   q8    in blocks of 32, a scale and 32 of int8: a value is its int8 times the scale. GGUF's Q8_0, with a wider scale.
 *
 * A scale is an f32 with 11 bits of fraction, as a half has, so that a value is exact in f32, and what was rounded once is rounded
 * to itself.
 */
import { fromHalf, toHalf } from './half';

export const NARROW_DTYPES = ['f16', 'q8'] as const;
export type NarrowDtype = (typeof NARROW_DTYPES)[number];

/** Values that share a scale, and the 32-bit numbers of such a block: the scale, then four bytes a number, the first the lowest. */
export const BLOCK_OF_8 = 32;
export const WORDS_OF_8 = 1 + BLOCK_OF_8 / 4;

/** Each as it is when it has rested. @param values in q8 whole blocks */
export const rounded = (values: Float32Array, rest: NarrowDtype): Float32Array =>
  rest === 'f16' ? Float32Array.from(toHalf(values), fromHalf) : widenedBlocks(blocksOf(values));

/** Blocks one after the other, as 32-bit numbers. */
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

/** And back. */
export function widenedBlocks(words: Int32Array): Float32Array {
  const scales = new Float32Array(words.buffer, words.byteOffset, words.length);
  const bytes = new Int8Array(words.buffer, words.byteOffset, 4 * words.length);
  const values = new Float32Array((words.length / WORDS_OF_8) * BLOCK_OF_8);
  for (let to = 0, at = 0; at < words.length; to += BLOCK_OF_8, at += WORDS_OF_8)
    for (let i = 0; i < BLOCK_OF_8; i++) values[to + i] = bytes[4 * (at + 1) + i]! * scales[at]!;
  return values;
}

/** Rounds to nearest, with 11 bits of fraction; the first isn't stored. */
function shortened(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0]! + 0x1000) & ~0x1fff;
  return new Float32Array(bits.buffer)[0]!;
}
