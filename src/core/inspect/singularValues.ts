/**
 * Singular values of a matrix, in f64: eigenvalues of its smaller Gram matrix, by Householder's tridiagonal form and bisection
 * (Golub and Van Loan 2013, sections 8.3.1 and 8.4.1). Values below 1e-7 of the largest are rounding errors.
 */

/**
 * @param matrix [rows, columns], flat
 * @returns as many values as the smaller side, highest first
 */
export function singularValues(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const size = Math.min(rows, columns);
  const { diagonal, next } = tridiagonal(gram(matrix, rows, columns), size);
  return eigenvalues(diagonal, next).map((value) => Math.sqrt(Math.max(0, value)));
}

/** Products of all pairs of columns, or of rows if there are fewer: [size, size]. */
function gram(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const [size, length] = rows < columns ? [rows, columns] : [columns, rows];
  const [stride, step] = rows < columns ? [columns, 1] : [1, columns];
  const products = new Float64Array(size * size);
  const vector = new Float64Array(size);
  for (let at = 0; at < length; at++) {
    for (let i = 0; i < size; i++) vector[i] = matrix[i * stride + at * step]!;
    for (let i = 0; i < size; i++) {
      const x = vector[i]!;
      for (let j = 0; j <= i; j++) products[i * size + j]! += x * vector[j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) products[j * size + i] = products[i * size + j]!;
  return products;
}

/** Reflects a symmetric matrix until only its diagonal and the one next to it are left; overwrites it. */
function tridiagonal(a: Float64Array, n: number): { diagonal: Float64Array; next: Float64Array } {
  const [diagonal, next] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  const [v, w] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    diagonal[k] = a[k * n + k]!;
    if (k === n - 1) break;
    let square = 0;
    for (let i = k + 1; i < n; i++) square += (v[i] = a[i * n + k]!) ** 2;
    const length = v[k + 1]! > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    next[k] = length;
    if (k === n - 2) {
      next[k] = a[(k + 1) * n + k]!;
      continue;
    }
    v[k + 1]! -= length;
    const half = square - length * (v[k + 1]! + length); // half of v's squared length
    if (half <= 0) continue;
    let product = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      w[i] = sum / half;
      product += w[i]! * v[i]!;
    }
    for (let i = k + 1; i < n; i++) w[i]! -= (product / (2 * half)) * v[i]!;
    for (let i = k + 1; i < n; i++) for (let j = k + 1; j < n; j++) a[i * n + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
  }
  return { diagonal, next };
}

/** Eigenvalues of a symmetric tridiagonal matrix, highest first, each by bisection. */
function eigenvalues(diagonal: Float64Array, next: Float64Array): Float64Array {
  const n = diagonal.length;
  const radius = (i: number): number => Math.abs(next[i - 1] ?? 0) + Math.abs(next[i] ?? 0);
  let [low, high] = [Infinity, -Infinity];
  for (const [i, x] of diagonal.entries()) {
    low = Math.min(low, x - radius(i));
    high = Math.max(high, x + radius(i));
  }
  return Float64Array.from({ length: n }, (_, rank) => {
    let [from, to] = [low, high];
    for (let step = 0; step < BISECTIONS && to > from; step++) {
      const middle = (from + to) / 2;
      if (countAbove(diagonal, next, middle) > rank) from = middle;
      else to = middle;
    }
    return (from + to) / 2;
  });
}
const BISECTIONS = 100;

/** Number of eigenvalues above x, by signs of a Sturm sequence. */
function countAbove(diagonal: Float64Array, next: Float64Array, x: number): number {
  let [count, pivot] = [0, 1];
  for (let i = 0; i < diagonal.length; i++) {
    const coupling = i === 0 ? 0 : next[i - 1]! ** 2 / pivot;
    pivot = diagonal[i]! - x - coupling;
    if (pivot === 0) pivot = -Number.MIN_VALUE * 2 ** 60;
    if (pivot > 0) count++;
  }
  return count;
}
