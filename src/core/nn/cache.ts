/**
 * What a model keeps of the tokens that it has read, so that the next one costs a row of work: their keys and values.
 *
 * A forward pass of one sequence with a cache begins it anew where it has several tokens, and goes on from it where it has
 * one. All that an architecture does for it is to call `attend`, and `positionsOf` where it adds positions.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { attention } from '../ops/attention';
import { cacheRows } from '../ops/cacheRows';
import { embedding } from '../ops/embedding';

export interface Cache {
  /** int32 [1]: the place of the first of these tokens, 0 where there are several. */
  position: Tensor1D;
  /** int32 [1]: tokens up to and with the last of these. */
  length: Tensor1D;
  /** Keys | values, [context, 2 K] for each layer. */
  layers: readonly Variable[];
}

/**
 * Causal self-attention of fused q | k | v, [B T, C + 2 K] -> [B T, C]; with a cache, over what it holds of this layer too.
 * `lengths` [B]: tokens of each row, after which comes padding that none sees.
 */
export function attend(
  qkv: Tensor2D,
  settings: { rows: number; heads: number; kvHeads?: number },
  layer: number,
  cache?: Cache,
  lengths?: Tensor1D,
): Tensor2D {
  const kv = cache?.layers[layer];
  if (cache && kv) cacheRows(kv, qkv, cache.position);
  if (!cache || !kv || qkv.shape[0] > 1) {
    return attention({ qkv, ...(lengths && { lengths }) }, { ...settings, causal: true });
  }
  const q = tf.slice(qkv, [0, 0], [1, qkv.shape[1] - kv.shape[1]!]);
  return attention({ q, kv: kv as unknown as Tensor2D, lengths: cache.length }, { ...settings, causal: false });
}

/** The rows of a table of positions from the first of `tokens` tokens on. */
export const positionsOf = (table: Tensor2D, tokens: number, cache?: Cache): Tensor2D =>
  cache && tokens === 1 ? embedding(tf.reshape(cache.position, [1, 1]), table) : table;
