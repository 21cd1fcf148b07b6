/** Batches values: hands them on at most once per `every` milliseconds, in order, without loss. The first goes at once. */
export function throttled<T>(
  every: number,
  emit: (batch: readonly T[]) => void,
): { push(value: T): void; flush(): void } {
  let pending: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastEmit = -Infinity;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    lastEmit = performance.now();
    emit(batch);
  }
  return {
    push(value) {
      pending.push(value);
      const remainingMs = lastEmit + every - performance.now();
      // Checked here too, because a busy loop may starve the timer.
      if (remainingMs <= 0) flush();
      else timer ??= setTimeout(flush, remainingMs);
    },
    flush,
  };
}
