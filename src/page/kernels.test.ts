import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kernels } from '../core/models/page';
import { plainKernels } from './kernels';
import { simdKernels } from './simdKernels';

const wave = (n: number, seed: number): Float32Array => new Float32Array(n).map((_, i) => Math.sin(seed + i * i));

/** Both products for one shape, added to non-zero values of y. */
function products(kernels: Kernels, rows: number, inner: number, columns: number, vocabulary: number): number[][] {
  const given = (n: number, seed: number): Float32Array => {
    const array = kernels.floats(n);
    array.set(wave(n, seed));
    return array;
  };
  const [x, w, y] = [given(rows * inner, 1), given(inner * columns, 2), given(rows * columns, 3)];
  kernels.multiply(x, w, y, rows, inner, columns);
  const [table, scores] = [given(vocabulary * inner, 4), given(vocabulary, 5)];
  kernels.score(table, x.subarray(0, inner), scores, inner);
  return [[...y], [...scores]];
}

test('SIMD kernels equal plain JavaScript, for any number of rows and any width that is a multiple of eight', () => {
  const eights = fc.integer({ min: 1, max: 9 }).map((n) => 8 * n);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11 }), eights, eights, fc.integer({ min: 1, max: 70 }), (...shape) => {
      const plain = products(plainKernels, ...shape);
      const simd = products(simdKernels(20_000), ...shape);
      for (const [i, values] of simd.entries()) {
        for (const [j, value] of values.entries()) expect(Math.abs(value - plain[i]![j]!)).toBeLessThan(1e-4);
      }
    }),
  );
});

test('plain JavaScript multiplies like a handwritten example', () => {
  const y = Float32Array.of(100, 0, 0, 0);
  plainKernels.multiply(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), y, 2, 2, 2);
  expect([...y]).toEqual([119, 22, 43, 50]);
  const scores = new Float32Array(2);
  plainKernels.score(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6), scores, 2);
  expect([...scores]).toEqual([17, 39]);
});
