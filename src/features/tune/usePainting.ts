/** Training preview of chats; made again whenever base model, chats, template or page change. */
import { useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../core/base/errors';
import type { Progress } from '../../core/base/job';
import type { TextRecord } from '../../core/documents';
import type { Painting, RunRow } from '../../protocol/data';
import { useStudioStore } from '../../state/react';

export interface PaintingState {
  /** Of what is asked; while that is painted, what was before. */
  painting: Painting | undefined;
  failure: Failure | undefined;
  isBusy: boolean;
  /** What is counted, where it takes its time. */
  progress: Progress | undefined;
}

/** Conversations on a page of them. */
export const SHOWN = 3;

const NOTHING: PaintingState = { painting: undefined, failure: undefined, isBusy: false, progress: undefined };

export function usePainting(
  base: RunRow | undefined,
  texts: readonly TextRecord[],
  template: string | null,
  from: number,
): PaintingState {
  const store = useStudioStore();
  const ids = texts.map(({ id }) => id);
  const [found, setFound] = useState<{ of: string; base: string } & PaintingState>();
  const runId = base?.record.id;
  const [key, of] = [JSON.stringify([runId, ids, template, from]), JSON.stringify([runId, ids, template])];
  const isAsked = runId !== undefined && ids.length > 0;
  useEffect(() => {
    if (runId === undefined || ids.length === 0) return undefined;
    const stop = new AbortController();
    const asked = { runId, texts: ids, template, from, count: SHOWN };
    const told = (state: Partial<PaintingState>): void => {
      if (stop.signal.aborted) return;
      setFound((before) => ({
        of: key,
        base: of,
        ...NOTHING,
        ...(state.isBusy && before?.base === of && { painting: before.painting }),
        ...state,
      }));
    };
    store
      .getState()
      .paint(asked, { signal: stop.signal, onProgress: (progress) => told({ progress, isBusy: true }) })
      .then(
        (painting) => told({ painting }),
        (error: unknown) => told({ failure: toFailure(error) }),
      );
    return () => stop.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key is all that is asked
  }, [store, key]);
  if (!isAsked) return NOTHING;
  if (found?.of === key && !found.isBusy) return found;
  // Another page of the same: what is said of all of them stays.
  return {
    painting: found?.base === of ? found.painting : undefined,
    failure: undefined,
    isBusy: true,
    progress: found?.of === key ? found.progress : undefined,
  };
}
