/** Muon in f64, written from its papers independently of our implementation. */

type Matrix = number[][];
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const sum = (...terms: [number, Matrix][]): Matrix =>
  terms[0]![1].map((row, i) => row.map((_, j) => terms.reduce((all, [factor, m]) => all + factor * m[i]![j]!, 0)));

export function orthogonalInF64(values: ArrayLike<number>, rows: number, columns: number): Matrix {
  const u = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, j) => values[i * columns + j]!),
  );
  if (rows > columns) return transposed(orthogonalInF64(transposed(u).flat(), columns, rows));
  const norm = Math.sqrt(u.flat().reduce((all, x) => all + x * x, 0)) + 1e-7;
  let x = sum([1 / norm, u]);
  for (let step = 0; step < 5; step++) {
    const a = product(x, transposed(x));
    const b = sum([-4.775, a], [2.0315, product(a, a)]);
    x = sum([3.4445, x], [1, product(b, x)]);
  }
  return x;
}

/** Weight after one step per gradient, at a constant rate. */
export function muonInF64(
  start: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
  [rows, across]: readonly [number, number],
  widths: readonly number[],
  rate: number,
  { momentum, weightDecay, clip }: { momentum: number; weightDecay: number; clip: number },
): number[] {
  const weight = Array.from(start);
  const m = weight.map(() => 0);
  for (const gradient of gradients) {
    const norm = Math.sqrt(Array.from(gradient).reduce((all, x) => all + x * x, 0));
    const factor = clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1;
    const g = Array.from(gradient, (x) => x * factor);
    g.forEach((x, i) => (m[i] = momentum * m[i]! + (1 - momentum) * x));
    const nesterov = g.map((x, i) => (1 - momentum) * x + momentum * m[i]!);
    let first = 0;
    for (const width of widths) {
      const places = Array.from({ length: rows * width }, (_, i) => {
        return Math.floor(i / width) * across + first + (i % width);
      });
      const step = orthogonalInF64(
        places.map((index) => nesterov[index]!),
        rows,
        width,
      ).flat();
      const scale = 0.2 * Math.sqrt(Math.max(rows, width));
      places.forEach((index, i) => (weight[index]! -= rate * (scale * step[i]! + weightDecay * weight[index]!)));
      first += width;
    }
  }
  return weight;
}
