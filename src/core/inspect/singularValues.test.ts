import { expect, test } from 'vitest';
import { normals } from '../base/rng';
import { singularValues } from './singularValues';

/** Rotates pairs of rows or columns, which keeps the singular values. */
function rotated(matrix: readonly (readonly number[])[], seed: number): number[][] {
  const angles = normals(seed, 'angles', 400);
  let at = 0;
  const rotateRows = (m: number[][]): number[][] => {
    for (let p = 0; p < m.length; p++)
      for (let q = p + 1; q < m.length; q++) {
        const angle = angles[at++ % 400]!;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const [x, y] = [m[p]!, m[q]!];
        m[p] = x.map((each, i) => c * each - s * y[i]!);
        m[q] = x.map((each, i) => s * each + c * y[i]!);
      }
    return m;
  };
  const transposed = (m: readonly (readonly number[])[]): number[][] => m[0]!.map((_, j) => m.map((row) => row[j]!));
  return transposed(rotateRows(transposed(rotateRows(matrix.map((row) => [...row])))));
}
const diagonal = (values: readonly number[], rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => (i === j ? (values[i] ?? 0) : 0)));

test.each([
  [6, 6],
  [9, 5],
  [5, 9],
  [1, 4],
  [2, 2],
])('of a rotated diagonal of %i x %i', (rows, columns) => {
  const values = [5, 3, 3, 0.5, 0.01, 0].slice(0, Math.min(rows, columns));
  const matrix = rotated(diagonal(values, rows, columns), rows + columns);
  const found = singularValues(matrix.flat(), rows, columns);
  expect(found).toHaveLength(values.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - values[i]!)).toBeLessThan(1e-6);
});

test('of zeros and of one number', () => {
  expect([...singularValues(new Float32Array(12), 3, 4)]).toEqual([0, 0, 0]);
  expect(singularValues([-2], 1, 1)[0]).toBeCloseTo(2, 12);
});

test('their squares sum to the squared norm', () => {
  const matrix = normals(3, 'matrix', 40 * 60);
  const sum = singularValues(matrix, 40, 60).reduce((all, x) => all + x * x, 0);
  expect(sum / matrix.reduce((all, x) => all + x * x, 0)).toBeCloseTo(1, 10);
});
