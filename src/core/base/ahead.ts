/** Overlaps work that waits for a disk or another process with the work before and after it. */

/**
 * Yields the result of `begin` for each item, in order. Up to `max` calls run ahead, so slow reads overlap.
 * @param max calls begun and not yet yielded
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
      one.catch(() => undefined); // rejects at its own turn, if the loop gets there
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
      last.catch(() => undefined); // The next `one`, or `end`, throws the error.
    },
    end: () => last,
  };
}
