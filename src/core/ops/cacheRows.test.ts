import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Variable } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { floats } from '../../testing/checkOp';
import { HOST_BACKENDS } from '../../testing/wasm';
import { attention } from './attention';
import { CACHE_ROWS, cacheRows } from './cacheRows';
import { openGpu } from '../gpu/backend';
import { allocate } from './variables';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  describe.each(HOST_BACKENDS)('on %s', (_, use) => {
    test('leaves a clone of the cache as it was', async () => {
      await use();
      tf.tidy(() => {
        const cache: Variable = tf.variable(tf.zeros([2, 2]));
        const clone = tf.clone(cache);
        cacheRows(cache, tf.tensor2d([1, 2], [1, 2]), tf.tensor1d([1], 'int32'));
        expect([...clone.dataSync()]).toEqual([0, 0, 0, 0]);
        expect([...cache.dataSync()]).toEqual([0, 0, 1, 2]);
        cache.dispose();
      });
    });

    test('writes rows at the position, and attention sees them', async () => {
      await use();
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const cache: Variable = tf.variable(tf.zeros([5, 4]));
        const q = tf.tensor2d([[0.5, -1]]);
        const lengths = tf.tensor1d([4], 'int32');
        const attended = (kv: Tensor2D) => [
          ...attention({ q, kv, lengths }, { rows: 1, heads: 1, causal: false }).dataSync(),
        ];
        expect(attended(cache as unknown as Tensor2D)).toEqual([0, 0]);
        const x = floats([2, 6]);
        cacheRows(cache, tf.tensor2d(x.data, [2, 6]), tf.tensor1d([0], 'int32'));
        cacheRows(cache, tf.tensor2d([9, 9, 1, 2, 3, 4], [1, 6]), tf.tensor1d([3], 'int32'));
        const want = [...x.data.subarray(2, 6), ...x.data.subarray(8, 12), 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0];
        expect([...cache.dataSync()]).toEqual(want);
        expect(attended(cache as unknown as Tensor2D)).toEqual(attended(tf.tensor2d(want, [5, 4])));
        cache.dispose();
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

onGpu(() => {
  test.each([
    [9, 4, 4, 9, 0],
    [70, 66, 198, 1, 69],
    [7, 130, 131, 3, 2],
    [65, 5, 15, 65, 0],
    [200, 64, 192, 127, 70],
    [7001, 2, 6, 7000, 1],
  ])('a cache of %i rows of %i, the last of %i columns: %i rows from %i', async (P, K, S, T, from) => {
    const before = floats([P, K], 1, 5);
    const x = floats([T, S]);
    const after = async (implementation: 'webgpu' | 'reference'): Promise<number[]> => {
      const held = allocate([before]);
      const [cache] = held.variables;
      tf.tidy(() => CACHE_ROWS[implementation]!(cache!, tf.tensor2d(x.data, [T, S]), tf.tensor1d([from], 'int32')));
      const values = [...(await cache!.data())];
      held.dispose();
      return values;
    };
    const gpu = await openGpu();
    const got = await after('webgpu');
    gpu.check();
    await tf.setBackend('cpu');
    expect(got).toEqual(await after('reference'));
  });
});
