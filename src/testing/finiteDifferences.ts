/** Gradients by finite differences, for functions written from their definition in plain f64. */

/** Computes y from inputs by name; integers are also numbers. */
export type InF64 = (x: Readonly<Record<string, Float64Array>>) => ArrayLike<number>;

/** y, and the gradients of sum(y w) by `names`. Five-point central differences: truncation error h^4, here 1e-12. */
export function differences(
  f: InF64,
  inputs: Readonly<Record<string, { data: ArrayLike<number> }>>,
  names: readonly string[],
  weights: (n: number) => ArrayLike<number>,
): { y: ArrayLike<number>; gradients: Record<string, Float64Array> } {
  const x = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, Float64Array.from(data)]));
  const y = f(x);
  const w = Float64Array.from(weights(y.length));
  const slope = (values: Float64Array, i: number): number => {
    const original = values[i]!;
    const objectiveAt = (h: number): number => {
      values[i] = original + h;
      const nudged = f(x);
      values[i] = original;
      return w.reduce((sum, weight, n) => sum + weight * nudged[n]!, 0);
    };
    return centralDifference(objectiveAt, 1e-3);
  };
  const gradients = Object.fromEntries(names.map((name) => [name, x[name]!.map((_, i) => slope(x[name]!, i))]));
  return { y, gradients };
}

export const centralDifference = (f: (h: number) => number, h: number): number =>
  (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
