/** Counts requests by their address. */
export interface Requests {
  /** The app's own address. */
  own: number;
  elsewhere: number;
}

/**
 * Reports the requests of this page or worker from its start; blob: and data: addresses don't count. Answers of the service
 * worker don't count either: it reports its own requests.
 */
export function watchRequests(report: (more: Requests) => void): void {
  const observer = new PerformanceObserver((list) => {
    const more = counted(list.getEntries());
    if (more.own + more.elsewhere > 0) report(more);
  });
  observer.observe({ type: 'resource', buffered: true });
  observer.observe({ type: 'navigation', buffered: true });
}

/** Reports the requests of this worker so far, for a worker that listens to nothing later. */
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

/** Messages of a worker to its page, besides answers. */
export interface RequestsMessage {
  requests: Requests;
}
export const isRequests = (data: unknown): data is RequestsMessage =>
  typeof data === 'object' && data !== null && 'requests' in data;
