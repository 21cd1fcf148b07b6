import { expect, test } from 'vitest';
import { finalMix } from './murmur3';

// MurmurHash3_x86_32 of no bytes is the finalizer of its seed; values of Appleby's implementation.
test.each([
  [0, 0],
  [1, 0x514e28b7],
  [0xffffffff, 0x81f16f39],
])('hashes no bytes with seed %i', (seed, hash) => {
  expect(finalMix(seed) >>> 0).toBe(hash);
});
