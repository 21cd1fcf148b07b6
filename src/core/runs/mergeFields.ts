/** Merges two tabs' changes of the same fields. */

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Takes every field that one tab changed, and `mine` if both did. Drops fields that one of them removed. */
export function mergeFields<T extends object>(base: T, mine: T, theirs: T): T {
  const keys = Object.keys({ ...theirs, ...mine }) as (keyof T)[];
  const merged = keys.map((key) => [key, (same(mine[key], base[key]) ? theirs : mine)[key]] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined)) as T;
}

export function mergeSets(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): readonly string[] {
  const kept = theirs.filter((item) => mine.includes(item) || !base.includes(item));
  return [...kept, ...mine.filter((item) => !base.includes(item) && !kept.includes(item))];
}
