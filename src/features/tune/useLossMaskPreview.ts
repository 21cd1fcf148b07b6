/** Training preview of chats; recomputed when base model, chats, template or page change. */
import type { Failure } from '../../core/base/errors';
import type { Progress } from '../../core/base/job';
import type { TextRecord } from '../../core/documents';
import type { LossMaskPreview, RunRow } from '../../protocol/data';
import { useStudioStore } from '../../state/react';
import { useQuery } from '../../state/useWorkerValue';

export interface PreviewState {
  /** Preview of the current inputs; the previous one while they are computed. */
  preview: LossMaskPreview | undefined;
  failure: Failure | undefined;
  isBusy: boolean;
  /** Progress of counting, if it takes long. */
  progress: Progress | undefined;
}

/** Conversations per page. */
export const PAGE_SIZE = 3;

export function useLossMaskPreview(
  base: RunRow | undefined,
  texts: readonly TextRecord[],
  template: string | null,
  from: number,
): PreviewState {
  const store = useStudioStore();
  const ids = texts.map(({ id }) => id);
  const runId = base?.record.id;
  const inputKey = JSON.stringify([runId, ids, template]);
  const { latest, failure, isLoading, progress } = useQuery(
    runId === undefined || ids.length === 0 ? undefined : JSON.stringify([inputKey, from]),
    async (_, options) => {
      const request = { runId: runId!, texts: ids, template, from, count: PAGE_SIZE };
      return { inputKey, preview: await store.getState().previewLossMask(request, options) };
    },
  );
  // The preview of another page stays until the new one arrives: its totals are the same.
  const preview = latest?.inputKey === inputKey && !failure ? latest.preview : undefined;
  return { preview, failure, isBusy: isLoading, progress };
}
