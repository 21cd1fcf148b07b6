/**
 * What `begin` makes of each item, in their order. Some are begun before their turn, `MOST_AHEAD` at most: what waits for a
 * disk or another process takes no longer for many than for one.
 */
export async function* ahead<T, R>(items: readonly T[], begin: (item: T) => Promise<R>): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  let next = 0;
  for (let i = 0; i < items.length; i++) {
    while (next < items.length && next < i + MOST_AHEAD) {
      const one = begin(items[next++]!);
      one.catch(() => undefined); // told in its turn, if that comes
      begun.push(one);
    }
    yield await begun.shift()!;
  }
}
export const MOST_AHEAD = 16;
