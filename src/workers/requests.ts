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
export function watchRequests(report: (requests: Requests) => void): void {
  const observer = new PerformanceObserver((list) => {
    const requests = countRequests(list.getEntries());
    if (requests.own + requests.elsewhere > 0) report(requests);
  });
  observer.observe({ type: 'resource', buffered: true });
  observer.observe({ type: 'navigation', buffered: true });
}

/** Reports the requests of this worker so far, for a worker that listens to nothing later. */
export const requestsSoFar = (): Requests => countRequests(performance.getEntriesByType('resource'));

function countRequests(entries: PerformanceEntryList): Requests {
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
