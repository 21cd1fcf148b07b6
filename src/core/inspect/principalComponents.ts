/**
 * Principal component analysis by orthogonal iteration with a Rayleigh-Ritz step (Halko et al. 2011, arXiv:0909.4061, without
 * its random start: every run gives the same bits).
 */
import { normals } from '../base/rng';

interface Components {
  /** [count][columns] unit vectors; the largest element of each is positive. */
  directions: readonly Float64Array[];
  /** Share of the variance along each, 0 to 1, highest first. */
  shares: readonly number[];
}

/**
 * @param covariance [columns, columns], symmetric
 * @param count number of components, at most `columns`
 */
export function principalComponents(covariance: ArrayLike<number>, columns: number, count: number): Components {
  const size = Math.min(columns, count + OVERSAMPLING);
  let block = orthonormal(Array.from({ length: size }, (_, i) => Float64Array.from(normals(i, 'components', columns))));
  for (let i = 0; i < ITERATIONS; i++) block = orthonormal(block.map((vector) => product(covariance, vector)));
  const images = block.map((vector) => product(covariance, vector));
  const small = block.map((a) => images.map((b) => dot(a, b)));
  const { values, vectors } = jacobi(small);
  const trace = Array.from({ length: columns }, (_, i) => covariance[i * columns + i]!).reduce((a, b) => a + b, 0);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, count);
  return {
    directions: order.map((at) => {
      const direction = new Float64Array(columns);
      for (const [i, vector] of block.entries()) add(direction, vector, vectors[i]![at]!);
      const largest = direction.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
      return largest < 0 ? direction.map((x) => -x) : direction;
    }),
    shares: order.map((at) => (trace > 0 ? Math.max(0, values[at]!) / trace : 0)),
  };
}
/** Further vectors, which make the first ones converge faster. */
const OVERSAMPLING = 8;
const ITERATIONS = 60;

function product(matrix: ArrayLike<number>, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, row) => {
    let sum = 0;
    for (let column = 0; column < n; column++) sum += matrix[row * n + column]! * vector[column]!;
    return sum;
  });
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
function add(to: Float64Array, vector: Float64Array, factor: number): void {
  for (const [i, x] of vector.entries()) to[i]! += factor * x;
}

/** Gram-Schmidt, twice per vector for exactness. A vector that others span becomes 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    const before = Math.sqrt(dot(rest, rest));
    for (const other of [...done, ...done]) add(rest, other, -dot(rest, other));
    const norm = Math.sqrt(dot(rest, rest));
    done.push(norm > 1e-12 * before ? rest.map((x) => x / norm) : rest.fill(0));
  }
  return done;
}

/** Eigenvalues and eigenvectors (as columns) of a small symmetric matrix, by cyclic Jacobi rotations. */
function jacobi(symmetric: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  const rotate = (rows: number[][], p: number, q: number, [c, s]: readonly [number, number]): void => {
    for (const row of rows) {
      const [x, y] = [row[p]!, row[q]!];
      row[p] = c * x - s * y;
      row[q] = s * x + c * y;
    }
  };
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const turn = [Math.cos(angle), Math.sin(angle)] as const;
        rotate(a, p, q, turn);
        const [x, y] = [a[p]!, a[q]!];
        a[p] = x.map((each, i) => turn[0] * each - turn[1] * y[i]!);
        a[q] = x.map((each, i) => turn[1] * each + turn[0] * y[i]!);
        rotate(vectors, p, q, turn);
      }
  return { values: a.map((row, i) => row[i]!), vectors };
}
