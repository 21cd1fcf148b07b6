/**
 * Frozen matrices in fewer bytes (base/narrowDtype.ts), stored as integers, which have no gradient and can't be
 * mistaken for values. Ops that support them get their sizes here, and their products widen them on read.
 *
 *   f16   int32 [I, O / 2]       two per integer, the first in the lower bits, as in `unpack2x16float`
 *   q8    int32 [I, O / 32, 9]   blocks along a row: the bits of the scale, then the bytes
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { fromHalf, toHalf } from '../base/half';
import { BLOCK_OF_8, blocksOf, type NarrowDtype, widenedBlocks, WORDS_OF_8 } from '../base/narrowDtype';

/** Undefined for f32. */
export const narrowDtypeOf = ({ dtype, shape }: Tensor): NarrowDtype | undefined =>
  dtype !== 'int32' ? undefined : shape.length === 3 ? 'q8' : 'f16';

/** Returns [I, O] of a matrix in any storage type. */
export function sizesOf(weight: Tensor2D): [I: number, O: number] {
  const [rows, columns] = weight.shape;
  const rest = narrowDtypeOf(weight);
  return [rows, rest === 'q8' ? BLOCK_OF_8 * columns : rest === 'f16' ? 2 * columns : columns];
}

/** Packs f32 [I, O] into the device's storage type. */
export function packed(
  { shape: [rows = 0, columns = 0], data }: { shape: readonly number[]; data: Float32Array },
  rest: NarrowDtype,
): { shape: number[]; data: Int32Array } {
  return rest === 'f16'
    ? { shape: [rows, columns / 2], data: new Int32Array(toHalf(data).buffer) }
    : { shape: [rows, columns / BLOCK_OF_8, WORDS_OF_8], data: blocksOf(data) };
}

/** Widens to f32 [I, O] for references; returns an f32 matrix itself. */
export function widened(weight: Tensor2D): Tensor2D {
  const rest = narrowDtypeOf(weight);
  if (!rest) return weight;
  const words = weight.dataSync<'int32'>();
  const { buffer, byteOffset, length } = words;
  const values =
    rest === 'q8' ? widenedBlocks(words) : Float32Array.from(new Uint16Array(buffer, byteOffset, 2 * length), fromHalf);
  return tf.tensor2d(values, sizesOf(weight));
}
