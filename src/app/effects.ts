/** Browser effects of the app's state. */
import { useEffect } from 'react';
import { toFailure } from '../core/base/errors';
import { isTraining } from '../state/openRun';
import { allWaiting } from '../state/questions';
import type { StudioStore } from '../state/slices/studio';

/** Starts all effects while the app is mounted. */
export function useEffects(store: StudioStore): void {
  useEffect(() => {
    const cleanups = [
      keepWhenFirstImported(store),
      askBeforeLeaving(store),
      surfaceErrors(store),
      undoByKey(store),
      followOtherTabs(store),
    ];
    return () => {
      for (const cleanUp of cleanups) cleanUp();
    };
  }, [store]);
}

/** Asks the browser for persistent storage with the first text or model: from then on data can be lost. */
function keepWhenFirstImported(store: StudioStore): () => void {
  return store.subscribe((now, before) => {
    if (before.loaded !== 'ready' || before.project.id !== now.project.id) return;
    const isFirst = before.texts.length === 0 && now.texts.length > 0;
    const isModel = before.project.runId === null && now.project.runId !== null;
    // A refusal changes nothing; the rail says whether storage is persistent.
    if (isFirst || isModel) navigator.storage.persist().catch(() => undefined);
  });
}

/** A tab announces the end of its training, unless it crashed: so this page also checks while it trains. */
function followOtherTabs(store: StudioStore): () => void {
  const timer = setInterval(() => {
    const { trainingElsewhere, catchUp } = store.getState();
    if (trainingElsewhere && !document.hidden) void catchUp();
  }, 2000);
  return () => clearInterval(timer);
}

function askBeforeLeaving(store: StudioStore): () => void {
  const onLeave = (event: BeforeUnloadEvent): void => {
    // Files that wait for an answer are stored nowhere.
    if (isTraining(store.getState()) || allWaiting(store.getState()).length > 0) event.preventDefault();
  };
  addEventListener('beforeunload', onLeave);
  return () => removeEventListener('beforeunload', onLeave);
}

/** Shows every uncaught error. */
function surfaceErrors(store: StudioStore): () => void {
  const show = (error: unknown): void =>
    store.getState().toast({ text: 'Unexpected error', detail: toFailure(error).message });
  const onError = (event: ErrorEvent): void => {
    // Browsers report this when a layout takes two rounds; nothing is wrong.
    if (!event.message.startsWith('ResizeObserver loop')) show(event.error ?? event.message);
  };
  const onRejection = (event: PromiseRejectionEvent): void => show(event.reason);
  addEventListener('error', onError);
  addEventListener('unhandledrejection', onRejection);
  return () => {
    removeEventListener('error', onError);
    removeEventListener('unhandledrejection', onRejection);
  };
}

const EDITABLE = 'input, textarea, select, [contenteditable=true]';

/** ⌘Z or Ctrl Z undoes the newest removal; inside a field the browser's own undo applies. */
function undoByKey(store: StudioStore): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== 'z' || event.shiftKey || event.altKey || !(event.metaKey || event.ctrlKey)) return;
    if (event.target instanceof Element && event.target.closest(EDITABLE)) return;
    const { toasts, dismiss } = store.getState();
    const newest = toasts.findLast(({ undo }) => undo);
    if (!newest) return;
    event.preventDefault();
    newest.undo?.();
    dismiss(newest.id);
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}
