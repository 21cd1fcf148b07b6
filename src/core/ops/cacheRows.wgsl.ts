import { dispatch, kernels, overElements } from '../gpu/dispatch';
import type { CacheRows } from './cacheRows';

export const cacheRowsOnGpu: CacheRows = (cache, x, position) => {
  const [T, S] = x.shape;
  dispatch(write(T, S, cache.shape[1]!), { cache, x, position });
};

const write = kernels((T: number, S: number, K: number) => ({
  name: 'cacheRows',
  bindings: { cache: ['update', 'f32'], x: ['read', 'f32'], position: ['read', 'i32'] } as const,
  ...overElements(T * K, `cache[u32(position[0]) * ${K}u + i] = x[i / ${K}u * ${S}u + ${S - K}u + i % ${K}u];`),
}));
