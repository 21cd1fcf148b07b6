/** React hooks that read the studio. */
import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { toFailure } from '../core/base/errors';
import { evaluationOf } from './evaluate';
import { isTraining, shownRun, trainingRun } from './openRun';
import type { Studio, StudioStore } from './slices/studio';
import type { OpenRun, Page } from './slices/run';

export const StudioContext = createContext<StudioStore | null>(null);

/** The part of the studio that `select` picks; the component renders again when that part is another value. */
export function useStudio<T>(select: (studio: Studio) => T): T {
  return useStore(useStudioStore(), select);
}

/** Like `useStudio` for an object created at each call: renders again if one of its fields changed. */
export function useStudioFields<T>(select: (studio: Studio) => T): T {
  return useStudio(useShallow(select));
}

/** The store itself, for event handlers that read current values. */
export function useStudioStore(): StudioStore {
  const store = useContext(StudioContext);
  if (!store) throw new Error('The studio is used outside its provider');
  return store;
}

/** Milliseconds since 1970, updated every second while `isOn`: for elapsed times. */
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

/** Run of a page; the component renders again with each step, so select only what it draws. */
export const useShown = (page: Page): OpenRun => useStudio((s) => shownRun(s, page));

/** The part of a page's run that `select` picks. */
export const useShownPart = <T>(page: Page, select: (run: OpenRun) => T): T =>
  useStudio((s) => select(shownRun(s, page)));

/** Keeps the checkpoints of a page's run current while the component is mounted. */
export function useSavedSteps(page: Page): void {
  const store = useStudioStore();
  const newest = useShownPart(page, (run) => run.usable?.step);
  const best = useShownPart(page, (run) => run.log.kept.at(-1)?.step);
  const id = useShownPart(page, (run) => run.id);
  useEffect(() => {
    const { listSaved, toast } = store.getState();
    listSaved(id).catch((error: unknown) =>
      toast({ text: 'The saved steps could not be listed', detail: toFailure(error).message }),
    );
  }, [store, newest, best, id]);
}

/** Refreshes `runs` while mounted: when a run here saves, starts or ends. An opened project lists its own. */
export function useRuns(): void {
  const store = useStudioStore();
  useEffect(() => {
    void store.getState().listRuns();
    return store.subscribe((now, before) => {
      if (now.project.id === before.project.id && runsChange(now) !== runsChange(before)) void now.listRuns();
    });
  }, [store]);
}
const runsChange = (s: Studio): string => [s.project.runId, isTraining(s), trainingRun(s)?.saved?.step].join();

/** Marks runs as shown while the component is mounted. */
export function useRunsShown(): void {
  const store = useStudioStore();
  useEffect(() => store.getState().showRuns(), [store]);
}

/** Keeps data about the checkpoint that Evaluate shows current while the component is mounted. */
export function useEvaluation(): void {
  const store = useStudioStore();
  const evaluationKey = useStudio(evaluationOf);
  useEffect(() => {
    void store.getState().loadEvaluation();
  }, [store, evaluationKey]);
}
