/**
 * Writes the keys and values of new tokens into a cache, in place: what reads it is attention. On wasm a product of TensorFlow.js
 * would not see it, for it keeps what it multiplied by.
 *
 *   cache[position + t] <- x[t, S - K ...]
 *
 * cache [P, K] a variable   x [T, S], S >= K: its last K columns count (k | v of a fused q | k | v)
 * position [1] int32, position + T <= P; a tensor, so that a traced step can move on
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import { onHeap } from '../gpu/wasmTensors';
import { cacheRowsOnGpu } from './cacheRows.wgsl';
import { pick, type Implementations } from './op';

export type CacheRows = (cache: Variable, x: Tensor2D, position: Tensor1D) => void;

export const cacheRows: CacheRows = (...input) => {
  pick(CACHE_ROWS)(...input);
};

export const CACHE_ROWS: Implementations<CacheRows> = {
  webgpu: cacheRowsOnGpu,
  reference: (cache, x, position) => {
    const [K, [T, S]] = [cache.shape[1]!, x.shape];
    const from = x.dataSync<'float32'>();
    const first = position.dataSync<'int32'>()[0]!;
    const heap = onHeap();
    const into = heap ? heap.valuesOf(cache) : new Float32Array(cache.dataSync<'float32'>());
    for (let t = 0; t < T; t++) into.set(from.subarray((t + 1) * S - K, (t + 1) * S), (first + t) * K);
    if (!heap) tf.tidy(() => cache.assign(tf.tensor(into, cache.shape)));
  },
};
