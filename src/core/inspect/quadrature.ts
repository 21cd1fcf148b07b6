/**
 * Gauss-Legendre quadrature of five points on [0, 1]: exact for polynomials of degree 9.
 * Source: Abramowitz and Stegun 1964, table 25.4.
 */
export const QUADRATURE: readonly (readonly [point: number, weight: number])[] = (
  [
    [-0.906179845938664, 0.236926885056189],
    [-0.538469310105683, 0.478628670499366],
    [0, 0.568888888888889],
    [0.538469310105683, 0.478628670499366],
    [0.906179845938664, 0.236926885056189],
  ] as const
).map(([point, weight]) => [(1 + point) / 2, weight / 2]);
