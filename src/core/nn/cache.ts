/**
 * Key-value cache: keys and values of the tokens that a model has read, so that the next token costs one row of work.
 *
 * A forward pass of one sequence resets the cache if it has several tokens, and extends it if it has one. A model only
 * calls `attend`, which applies rotary positions, and `positionsOf` if it adds positions, or `relativePositionsOf` if
 * scores depend on them.
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
  /** int32 [1]: position of the first of these tokens; 0 if there are several. */
  position: Tensor1D;
  /** int32 [1]: number of tokens up to and including the last of these. */
  length: Tensor1D;
  /** Keys | values, [context, 2 K] for each layer. */
  layers: readonly Variable[];
}

interface SelfAttention extends Omit<Settings, 'causal'> {
  /**
   * Rotary positions. With `qkNorm`, queries and keys are normalized first: each head by gains [D], or all heads of a
   * row at once by gains [Q] and [K].
   */
  rope?: { base: number; qkNorm?: { over: 'heads' | 'rows'; q: Tensor; k: Tensor; epsilon: number } };
}

/** Rows that hold several documents (sequence packing). Both [B T] int32. */
export interface DocumentsInRows {
  /** Position of each token within its document, from 0. */
  places: Tensor1D;
  /** For each token, the index in its row of the first token after its document. */
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
 * Causal self-attention of fused q | k | v, [B T, C + 2 K] -> [B T, C], C = heads D; includes this layer's cache.
 * lengths [B]: tokens of each row; the padding after them is masked
 * documents: for rows of several documents, which don't see each other; each starts at position 0
 * bias: as `relativePositionsOf` returns it
 * counter [2]: for dropout; with a cache there is no dropout
 */
export function attend(
  input: Tensor2D,
  { rope: rotary, ...settings }: SelfAttention,
  layer: number,
  { cache, lengths, documents, bias, counter }: AttentionInputs = {},
): Tensor2D {
  const position = input.shape[0] === 1 ? cache?.position : undefined;
  // With explicit positions, each token is a sequence of one.
  const sequences = documents ? { ...settings, rows: input.shape[0] } : settings;
  const qkv = rotary ? withRotation(input, rotary, sequences, documents?.places ?? position) : input;
  const kv = cache?.layers[layer];
  const biasInput = bias && { bias };
  if (cache && kv) cacheRows(kv, qkv, cache.position);
  if (!cache || !kv || qkv.shape[0] > 1) {
    const inputs = {
      qkv,
      ...(lengths && { lengths }),
      ...documents,
      ...biasInput,
      ...(settings.dropout && { counter }),
    };
    return attention(inputs, { ...settings, causal: true });
  }
  const q = tf.slice(qkv, [0, 0], [1, qkv.shape[1] - kv.shape[1]!]);
  const inputs = { q, kv: kv as unknown as Tensor2D, lengths: cache.length, ...biasInput };
  return attention(inputs, { ...settings, causal: false });
}

function withRotation(
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

/** Returns the rows of a position table for `tokens` tokens, from the first of them. */
export const positionsOf = (table: Tensor2D, tokens: number, cache?: Cache): Tensor2D =>
  cache && tokens === 1 ? embedding(tf.reshape(cache.position, [1, 1]), table) : table;

/**
 * Relative position bias of causal self-attention (`relativeBias`), shared by all blocks: [heads, tokens, tokens], or
 * [heads, 1, rows of the cache] for a single token after others.   table [buckets, heads]
 */
export const relativePositionsOf = (table: Tensor2D, tokens: number, maxDistance: number, cache?: Cache): Tensor3D => {
  const settings = { queries: tokens, keys: tokens, maxDistance, bidirectional: false };
  return cache && tokens === 1
    ? relativeBias(table, { ...settings, keys: cache.layers[0]!.shape[0] }, cache.position)
    : relativeBias(table, settings);
};
