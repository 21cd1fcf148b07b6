/** Batches values: hands them on at most once per `every` milliseconds, in order, without loss. The first goes at once. */
export function throttled<T>(
  every: number,
  give: (batch: readonly T[]) => void,
): { push(value: T): void; flush(): void } {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    last = performance.now();
    give(batch);
  }
  return {
    push(value) {
      waiting.push(value);
      const left = last + every - performance.now();
      // Checked here too, because a busy loop may starve the timer.
      if (left <= 0) flush();
      else timer ??= setTimeout(flush, left);
    },
    flush,
  };
}
