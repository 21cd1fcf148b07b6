/** React as a reader of the studio. */
import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { toFailure } from '../core/base/errors';
import type { RunRow, SavedStep } from '../protocol/data';
import { isActive } from './phase';
import type { Studio, StudioStore } from './studio';

export const StudioContext = createContext<StudioStore | null>(null);

/** The part of the studio that `select` picks; the component renders again when that part is another value. */
export function useStudio<T>(select: (studio: Studio) => T): T {
  return useStore(useStudioStore(), select);
}

/** The store itself, for event handlers that read what is true when they run. */
export function useStudioStore(): StudioStore {
  const store = useContext(StudioContext);
  if (!store) throw new Error('The studio is used outside its provider');
  return store;
}

/** Milliseconds since 1970, renewed every second while `isOn`: for readings of time that passes. */
export function useNow(isOn: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return;
    const tick = (): void => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}

/** Keeps `savedSteps` current while a component is shown. */
export function useSavedSteps(): void {
  const store = useStudioStore();
  const newest = useStudio((s) => s.model?.saved.step);
  const best = useStudio((s) => (s.logVersion >= 0 ? s.model?.log.kept.at(-1)?.step : undefined));
  const runId = useStudio((s) => s.project.runId);
  useEffect(() => {
    const { listSaved, toast } = store.getState();
    listSaved().catch((error: unknown) =>
      toast({ text: 'The saved steps could not be listed', detail: toFailure(error).message }),
    );
  }, [store, newest, best, runId]);
}

/** Keeps `runs` current while a component is shown: another project, or a run has saved a step, began or ended. */
export function useRuns(): void {
  const store = useStudioStore();
  const saved = useStudio((s) => s.saved?.step);
  const runId = useStudio((s) => s.project.runId);
  const projectId = useStudio((s) => s.project.id);
  const active = useStudio((s) => isActive(s.phase));
  useEffect(() => {
    void store.getState().listRuns();
  }, [store, saved, runId, projectId, active]);
}

/** The steps of a run that can be opened; undefined until they are known, and where they cannot be. */
export function useKeptSteps({ record: { id, step }, bytes }: RunRow): readonly SavedStep[] | undefined {
  const store = useStudioStore();
  const [kept, setKept] = useState<{ id: string; steps: readonly SavedStep[] }>();
  useEffect(() => {
    let isWanted = true;
    store
      .getState()
      .keptSteps(id)
      .then(
        (steps) => isWanted && setKept({ id, steps }),
        () => undefined, // What cannot be read is told where that is listed.
      );
    return () => {
      isWanted = false;
    };
  }, [store, id, step, bytes]);
  return kept?.id === id ? kept.steps : undefined;
}
