/** Student's t exceeded with probability 2.5 %, to 1e-4. @param freedom degrees of freedom, at least 1 */
export function student(freedom: number): number {
  const known = TABLE[freedom - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  // Abramowitz & Stegun 26.7.5
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), z);
}
const TABLE = [12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216];

/** Cumulative standard normal distribution, to 1e-7. @param x at most 0 */
export function normalBelow(x: number): number {
  // Abramowitz & Stegun 26.2.17
  const t = 1 / (1 - 0.2316419 * x);
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
