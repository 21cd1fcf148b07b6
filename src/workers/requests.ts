/** Requests that were made, by whom they were made of. */
export interface Requests {
  /** The app's own address. */
  own: number;
  elsewhere: number;
}

/**
 * Reports what this page or worker asks for, from its beginning on; blob: and data: addresses ask nobody. What the service
 * worker answers is left out: it tells of each request that it makes for that.
 */
export function watchRequests(report: (more: Requests) => void): void {
  const observer = new PerformanceObserver((list) => {
    const more = counted(list.getEntries());
    if (more.own + more.elsewhere > 0) report(more);
  });
  observer.observe({ type: 'resource', buffered: true });
  observer.observe({ type: 'navigation', buffered: true });
}

/** What this worker has asked for so far: for one that listens to nothing from then on. */
export const requestsSoFar = (): Requests => counted(performance.getEntriesByType('resource'));

function counted(entries: PerformanceEntryList): Requests {
  const count = { own: 0, elsewhere: 0 };
  for (const entry of entries as PerformanceResourceTiming[]) {
    if (!/^(https?|wss?):/.test(entry.name)) continue;
    if (new URL(entry.name).origin !== location.origin) count.elsewhere++;
    else if (entry.workerStart === 0) count.own++;
  }
  return count;
}

/** What a worker posts to the page that began it, beside its answers. */
export interface RequestsMessage {
  requests: Requests;
}
export const isRequests = (data: unknown): data is RequestsMessage =>
  typeof data === 'object' && data !== null && 'requests' in data;
