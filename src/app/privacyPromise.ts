/** The promise that nothing leaves, as a reading: who holds the page, what was really asked for, and what is really stored. */
import { useEffect, useState } from 'react';
import { spokenRun } from '../state/openRun';
import { useStudio } from '../state/react';
import type { StudioStore } from '../state/studio';
import { usage, type Usage } from '../storage/usage';
import { watchRequests, type Requests } from '../workers/requests';
import { detectEnforcement } from './enforcement';
import { onWorkerRequests } from './workers';

/** Counts from now on, and what was asked for before; resolves when it is known who holds the page. */
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

const EVERY_MS = 15_000;
/** What this origin stores, asked again after saves and changes, and now and then. */
export function useUsage(): Usage | undefined {
  const [now, setNow] = useState<Usage>();
  const saved = useStudio((s) => spokenRun(s).saved?.step);
  const texts = useStudio((s) => s.texts);
  const tuneTexts = useStudio((s) => s.tuneTexts);
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
  }, [saved, texts, tuneTexts, data, runId]);
  return now;
}
