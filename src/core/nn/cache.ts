/**
 * What a model keeps of the tokens that it has read, so that the next one costs a row of work: their keys and values.
 *
 * A forward pass of one sequence with a cache begins it anew where it has several tokens, and goes on from it where it has
 * one. All that an architecture does for it is to call `attend`, and `positionsOf` where it adds positions, or
 * `relativePositionsOf` where scores depend on them.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs';
import { attention } from '../ops/attention';
import type { Settings } from '../ops/attentionForm';
import { cacheRows } from '../ops/cacheRows';
import { embedding } from '../ops/embedding';
import { relativeBias } from '../ops/relativeBias';

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
 * lengths [B]: tokens of each row, after which comes padding that none sees
 * bias: as `relativePositionsOf` gives it
 */
export function attend(
  qkv: Tensor2D,
  settings: Omit<Settings, 'causal'>,
  layer: number,
  { cache, lengths, bias }: { cache?: Cache; lengths?: Tensor1D; bias?: Tensor3D } = {},
): Tensor2D {
  const kv = cache?.layers[layer];
  const added = bias && { bias };
  if (cache && kv) cacheRows(kv, qkv, cache.position);
  if (!cache || !kv || qkv.shape[0] > 1) {
    return attention({ qkv, ...(lengths && { lengths }), ...added }, { ...settings, causal: true });
  }
  const q = tf.slice(qkv, [0, 0], [1, qkv.shape[1] - kv.shape[1]!]);
  const from = { q, kv: kv as unknown as Tensor2D, lengths: cache.length, ...added };
  return attention(from, { ...settings, causal: false });
}

/** The rows of a table of positions from the first of `tokens` tokens on. */
export const positionsOf = (table: Tensor2D, tokens: number, cache?: Cache): Tensor2D =>
  cache && tokens === 1 ? embedding(tf.reshape(cache.position, [1, 1]), table) : table;

/**
 * The bias of causal self-attention by how far back a key is (`relativeBias`), for all blocks: [heads, tokens, tokens], and of
 * a single token after others [heads, 1, rows of the cache].   table [buckets, heads]
 */
export const relativePositionsOf = (table: Tensor2D, tokens: number, maxDistance: number, cache?: Cache): Tensor3D => {
  const settings = { queries: tokens, keys: tokens, maxDistance, bidirectional: false };
  return cache && tokens === 1
    ? relativeBias(table, { ...settings, keys: cache.layers[0]!.shape[0] }, cache.position)
    : relativeBias(table, settings);
};
