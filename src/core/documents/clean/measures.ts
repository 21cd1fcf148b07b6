/** Distribution of a rule's measure over documents, and the documents outside its bounds. */
import type { Step } from './recipe';
import type { StatedMeasure } from './rules/rule';

/** Range of values that pass the rule. */
export interface Bounds {
  min: number;
  max: number;
}

/**
 * Bounds from a rule's settings.
 * @param values of all documents; read only if a share of them stays
 */
export function boundsOf(
  { min, max, unbounded, share }: StatedMeasure,
  settings: Step['settings'],
  values: readonly number[],
): Bounds {
  const bound = (name: string | undefined, fallback: number): number => {
    const value = name === undefined ? fallback : Number(settings[name]);
    return value === unbounded ? fallback : value;
  };
  return {
    min: share === undefined ? bound(min, -Infinity) : leastOf(Number(settings[share]), values),
    max: bound(max, Infinity),
  };
}

/** The lowest of the top `share` of values; at least one value stays. */
export function leastOf(share: number, values: readonly number[]): number {
  const found = Float64Array.from(values).sort();
  return found[found.length - Math.max(1, Math.round(share * found.length))] ?? -Infinity;
}

/** Index of a value, and the number of values ranked before it. */
export interface Rank {
  i: number;
  before: number;
}

/** Ranks values in descending, else original order. Returns `rows` at either end, and on either side of a bound. */
export function ranked(values: readonly number[], { min, max }: Bounds, rows: number): readonly Rank[] {
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  const aboveCount = values.filter((value) => value > max).length;
  const belowCount = values.filter((value) => value < min).length;
  const isShown = (before: number): boolean =>
    [0, aboveCount, values.length - belowCount, values.length].some(
      (boundary) => before >= boundary - rows && before < boundary + rows,
    );
  return order.flatMap((i, before) => (isShown(before) ? [{ i, before }] : []));
}
