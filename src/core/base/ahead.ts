/** What waits for a disk or another process, and is begun before its turn, or still under way when others go on. */

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
      one.catch(() => undefined); // told in its turn, if that comes
      begun.push(one);
    }
    yield await begun.shift()!;
  }
}
export const MAX_READ_AHEAD = 16;

/**
 * Writes one after another, while who hands the next one over goes on: one is under way at a time.
 * Both throw what the one before threw.
 */
export function behind<T>(write: (item: T) => Promise<void>): { one(item: T): Promise<void>; end(): Promise<void> } {
  let last = Promise.resolve();
  return {
    async one(item) {
      await last;
      last = write(item);
      last.catch(() => undefined); // told to the next, or at the end
    },
    end: () => last,
  };
}
