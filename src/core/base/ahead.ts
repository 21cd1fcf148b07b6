/** Overlaps work that waits for a disk or another process with the work before and after it. */

/**
 * What `begin` makes of each item, in their order. Some are begun before their turn: what waits takes no longer for many than for one.
 * @param most that are begun and not yet asked for
 */
export async function* ahead<T, R>(
  items: readonly T[],
  begin: (item: T) => Promise<R>,
  max = MAX_READ_AHEAD,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  let next = 0;
  for (let i = 0; i < items.length; i++) {
    while (next < items.length && next < i + max) {
      const one = begin(items[next++]!);
      one.catch(() => undefined); // reported in its turn, if that comes
      begun.push(one);
    }
    yield await begun.shift()!;
  }
}
export const MAX_READ_AHEAD = 16;

/**
 * Writes items one at a time while their producer continues.
 * Both functions throw what the previous write threw.
 */
export function behind<T>(write: (item: T) => Promise<void>): { one(item: T): Promise<void>; end(): Promise<void> } {
  let last = Promise.resolve();
  return {
    async one(item) {
      await last;
      last = write(item);
      last.catch(() => undefined); // The next read, or the end, throws it.
    },
    end: () => last,
  };
}
