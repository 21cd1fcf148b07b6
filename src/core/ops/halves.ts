/**
 * Frozen matrices may rest in half of their bytes: two f16 to a number of an int32 tensor [I, O / 2], the first in its lower bits,
 * as `unpack2x16float` has them. Whole numbers have no gradient, and nothing takes them for values; an op whose weight may rest so
 * asks here for its columns, and its product widens them where it reads them.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { fromHalf, toHalf } from '../base/half';

export const restsInHalves = ({ dtype }: Tensor2D): boolean => dtype === 'int32';

/** [I, O] of a matrix, however it rests. */
export const sizesOf = (weight: Tensor2D): [I: number, O: number] =>
  restsInHalves(weight) ? [weight.shape[0], 2 * weight.shape[1]] : weight.shape;

/** f32 [I, O] -> int32 [I, O / 2]. */
export const packed = (values: Float32Array): Int32Array => new Int32Array(toHalf(values).buffer);

/** Each as the nearest f16, in f32. */
export const roundedToHalf = (values: Float32Array): Float32Array => Float32Array.from(toHalf(values), fromHalf);

/** f32 [I, O], for references: the matrix itself where it rests in f32. */
export function widened(weight: Tensor2D): Tensor2D {
  if (!restsInHalves(weight)) return weight;
  const { buffer, byteOffset, length } = weight.dataSync<'int32'>();
  return tf.tensor2d(Float32Array.from(new Uint16Array(buffer, byteOffset, 2 * length), fromHalf), sizesOf(weight));
}
