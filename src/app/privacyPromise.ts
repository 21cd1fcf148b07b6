/** Evidence that nothing leaves the browser: the enforcement, the actual requests, and the actual storage. */
import { spokenRun } from '../state/openRun';
import { usage } from '../storage/usage';
import { watchRequests, type Requests } from '../workers/requests';
import { detectEnforcement } from './enforcement';
import { onWorkerRequests } from './workers';
import type { Studio, StudioStore } from '../state/slices/studio';

/** Counts requests, including earlier ones; resolves once the enforcement is known. */
export async function watchPromise(store: StudioStore): Promise<void> {
  const add = (more: Requests): void => countRequests(store, more);
  watchRequests(add);
  onWorkerRequests(add);
  store.setState({ enforcement: await detectEnforcement() });
}

export const countRequests = (store: StudioStore, more: Requests): void =>
  store.setState(({ requests: { own, elsewhere } }) => ({
    requests: { own: own + more.own, elsewhere: elsewhere + more.elsewhere },
  }));

/** Measures what this origin stores: now, after saves and changes, and at intervals. */
export function watchUsage(store: StudioStore): void {
  let before = changesToMeasure(store.getState());
  store.subscribe((s) => {
    const now = changesToMeasure(s);
    if (now.every((value, i) => value === before[i])) return;
    before = now;
    void measureUsage(store);
  });
  void measureUsage(store);
  setInterval(() => void measureUsage(store), INTERVAL_MS);
}
const INTERVAL_MS = 15_000;
/** Values whose change means that storage may have changed. */
const changesToMeasure = (s: Studio): readonly unknown[] => {
  return [spokenRun(s).saved?.step, s.texts, s.tuneTexts, s.project.data, s.project.runId];
};

/** The rail and the dialogs show this measurement, so their figures agree. */
export async function measureUsage(store: StudioStore): Promise<void> {
  if (document.hidden) return;
  const measured = await usage().catch(() => undefined); // a browser that does not say: the reading stays an en dash
  if (measured) store.setState({ usage: measured });
}
