/** The promise that nothing leaves, as a reading: what was really requested elsewhere, and what is really stored. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { usage, type Usage } from '../storage/usage';
import { useStudio } from '../state/react';

/** Requests of this page to anywhere but its own origin. blob: and data: addresses are no requests. */
let requests = 0;
const listeners = new Set<() => void>();
const leaves = (address: string): boolean =>
  /^(https?|wss?):/.test(address) && new URL(address).origin !== location.origin;

new PerformanceObserver((list) => {
  const left = list.getEntries().filter(({ name }) => leaves(name)).length;
  if (left === 0) return;
  requests += left;
  for (const listener of listeners) listener();
}).observe({ type: 'resource', buffered: true });

export const useRequests = (): number =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => requests,
  );

const EVERY_MS = 15_000;

/** What this origin stores, asked again after saves and changes, and now and then. */
export function useUsage(): Usage | undefined {
  const [now, setNow] = useState<Usage>();
  const saved = useStudio((s) => s.saved?.step);
  const texts = useStudio((s) => s.texts);
  const data = useStudio((s) => s.project.data);
  const runId = useStudio((s) => s.project.runId);
  useEffect(() => {
    let isCurrent = true;
    const ask = (): void => {
      if (document.hidden) return;
      usage().then(
        (value) => {
          if (isCurrent) setNow(value);
        },
        () => undefined, // a browser that does not say; the reading stays an en dash
      );
    };
    ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [saved, texts, data, runId]);
  return now;
}
