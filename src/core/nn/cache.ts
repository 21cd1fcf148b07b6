/**
 * Key-value cache: keys and values of the tokens that a model has read, so that the next token costs one row of work.
 *
 * A forward pass of one sequence resets the cache if it has several tokens, and extends it if it has one. An architecture only
 * calls `attend`, which applies rotary positions, and `positionsOf` if it adds positions, or `relativePositionsOf` if scores
 * depend on them.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs';
import { attention } from '../ops/attention';
import type { Settings } from '../ops/attentionForm';
import { cacheRows } from '../ops/cacheRows';
import { embedding } from '../ops/embedding';
import { qkNorm } from '../ops/qkNorm';
import { qkNormRows } from '../ops/qkNormRows';
import { relativeBias } from '../ops/relativeBias';
import { rope } from '../ops/rope';

export interface Cache {
  /** int32 [1]: the place of the first of these tokens, 0 where there are several. */
  position: Tensor1D;
  /** int32 [1]: tokens up to and with the last of these. */
  length: Tensor1D;
  /** Keys | values, [context, 2 K] for each layer. */
  layers: readonly Variable[];
}

interface SelfAttention extends Omit<Settings, 'causal'> {
  /**
   * Rotary positions; with `qkNorm` queries and keys are normalized first: each head, by gains [D], or all heads of a row at
   * once, by gains [Q] and [K].
   */
  rope?: { base: number; qkNorm?: { over: 'heads' | 'rows'; q: Tensor; k: Tensor; epsilon: number } };
}

/** Rows that hold several documents. Both [B T] int32. */
export interface DocumentsInRows {
  /** Of each token within its document, from 0 on. */
  places: Tensor1D;
  /** Of each token, the token of its row that is the first after its document. */
  ends: Tensor1D;
}

interface AttentionInputs {
  cache?: Cache;
  lengths?: Tensor1D;
  documents?: DocumentsInRows;
  bias?: Tensor3D;
  counter?: Tensor;
}

/**
 * Causal self-attention of fused q | k | v, [B T, C + 2 K] -> [B T, C], C = heads D, whatever the width; with a cache, over what it holds of this layer too.
 * lengths [B]: tokens of each row, after which comes padding that none sees
 * documents: where rows hold several that do not see each other; each begins at position 0
 * bias: as `relativePositionsOf` gives it
 * counter [2]: of what is dropped, where something is; with a cache nothing is
 */
export function attend(
  given: Tensor2D,
  { rope: rotary, ...settings }: SelfAttention,
  layer: number,
  { cache, lengths, documents, bias, counter }: AttentionInputs = {},
): Tensor2D {
  const first = given.shape[0] === 1 ? cache?.position : undefined;
  // By places of its own each token is a sequence of one.
  const placed = documents ? { ...settings, rows: given.shape[0] } : settings;
  const qkv = rotary ? turned(given, rotary, placed, documents?.places ?? first) : given;
  const kv = cache?.layers[layer];
  const added = bias && { bias };
  if (cache && kv) cacheRows(kv, qkv, cache.position);
  if (!cache || !kv || qkv.shape[0] > 1) {
    const whole = { qkv, ...(lengths && { lengths }), ...documents, ...added, ...(settings.dropout && { counter }) };
    return attention(whole, { ...settings, causal: true });
  }
  const q = tf.slice(qkv, [0, 0], [1, qkv.shape[1] - kv.shape[1]!]);
  const from = { q, kv: kv as unknown as Tensor2D, lengths: cache.length, ...added };
  return attention(from, { ...settings, causal: false });
}

function turned(
  qkv: Tensor2D,
  { base, qkNorm: norm }: NonNullable<SelfAttention['rope']>,
  { rows, heads, kvHeads = heads }: Omit<Settings, 'causal'>,
  first: Tensor1D | undefined,
): Tensor2D {
  if (norm?.over === 'heads') return qkNorm(qkv, norm, { rows, heads, kvHeads, base, epsilon: norm.epsilon }, first);
  const headSize = qkv.shape[1] / (heads + 2 * kvHeads);
  return rope(
    norm ? qkNormRows(qkv, norm, norm.epsilon) : qkv,
    { rows, heads: heads + kvHeads, headSize, base },
    first,
  );
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
