/**
 * Spearman's rank correlation, -1 to 1; equal values share their mean rank. NaN if all values of one list are equal.
 * Source: Spearman 1904, "The proof and measurement of association between two things".
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, rank] of x.entries()) {
    xy += (rank - mean) * (y[i]! - mean);
    xx += (rank - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function ranksOf(values: readonly number[]): readonly number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let end = first;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let i = first; i < end; i++) ranks[order[i]!] = (first + end - 1) / 2;
    first = end;
  }
  return ranks;
}
