import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { floats } from '../testing/checkOp';
import { CACHE_ROWS } from './cacheRows';
import { allocate } from './variables';

test.each([
  [9, 4, 4, 9, 0],
  [70, 66, 198, 1, 69],
  [7, 130, 131, 3, 2],
  [65, 5, 15, 65, 0],
  [200, 64, 192, 127, 70],
  [70_001, 2, 6, 70_000, 1],
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
