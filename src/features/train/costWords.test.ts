import { expect, test } from 'vitest';
import { costWords } from './costWords';

const spent = { stepMs: 33.4, share: 0.312, usedBytes: 150e6 };

test('splits a step into encoding and GPU time, and reports what is unknown', () => {
  const known = { ...spent, plannedBytes: 134e6, encodeMs: 1.2 };
  expect(costWords({ ...known, gpuMs: 28.1 }, { kind: 'webgpu' })).toBe(
    'A step takes 33.4 ms: 1.20 ms to encode, 28.1 ms on the GPU. 31.2 % of this GPU’s measured matrix throughput. ' +
      '150 MB of GPU memory in use, 134 MB planned.',
  );
  expect(costWords(known, { kind: 'webgpu' })).toContain('1.20 ms to encode, no GPU timing.');
  expect(costWords(spent, { kind: 'wasm' })).toBe(
    'A step takes 33.4 ms. 31.2 % of this device’s measured matrix throughput. 150 MB of memory in use.',
  );
  expect(costWords({ ...spent, share: 1 }, { kind: 'wasm' })).toBe(
    'A step takes 33.4 ms. At this device’s measured matrix throughput. 150 MB of memory in use.',
  );
});
