/**
 * Writes the keys and values of new tokens into a cache, in place, for attention. A matrix product of TensorFlow.js on
 * wasm wouldn't see the change, because it caches its right-hand side.
 *
 *   cache[position + t] <- x[t, S - K ...]
 *
 * cache [P, K] a variable   x [T, S], S >= K: uses its last K columns (k | v of a fused q | k | v)
 * position [1] int32, position + T <= P; a tensor, so that a traced step can advance
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
    const source = x.dataSync<'float32'>();
    const first = position.dataSync<'int32'>()[0]!;
    const heap = onHeap();
    heap?.ownAddressOf(cache);
    const target = heap ? heap.valuesOf(cache) : new Float32Array(cache.dataSync<'float32'>());
    for (let t = 0; t < T; t++) target.set(source.subarray((t + 1) * S - K, (t + 1) * S), (first + t) * K);
    if (!heap) tf.tidy(() => cache.assign(tf.tensor(target, cache.shape)));
  },
};
