/** Indices of the `count` highest values, highest first; ties go to the lower index. */
export function highestOf(values: Float32Array, count: number): readonly number[] {
  const best: number[] = [];
  for (const [i, value] of values.entries()) {
    if (best.length === count && !(value > values[best[count - 1]!]!)) continue;
    const place = best.findIndex((other) => value > values[other]!);
    best.splice(place < 0 ? best.length : place, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}
