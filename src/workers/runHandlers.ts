/** The runs of a project in the data worker: listed, described, deleted, brought back. */
import type { BlobStore } from '../core/base/blobStore';
import { pinStep, unpinStep } from '../core/checkpoint/pinned';
import { readKnownRun, updateRun } from '../core/runs/record';
import { describeRun, purgeIfRemoved, purgeRemoved, removeRun, restoreRun, runRows } from '../core/runs/rows';
import type { DataApi } from '../protocol/data';
import { holdingRun } from '../storage/lock';
import type { Handlers } from './serve';

export type RunHandlers = Pick<
  Handlers<DataApi>,
  'listRuns' | 'describeRun' | 'writeCard' | 'removeRun' | 'restoreRun' | 'purgeRun' | 'pinStep' | 'setBudget'
>;

export function runHandlers(store: Promise<BlobStore>): RunHandlers {
  let swept: Promise<void> | undefined;
  /** Runs `change` where no tab works on the run. */
  const holding = <T>(runId: string, change: (store: BlobStore) => Promise<T>): Promise<T> =>
    holdingRun(runId, async () => change(await store));
  return {
    async listRuns({ projectId, now }, job) {
      const open = await store;
      await (swept ??= purgeRemoved(open, now, holdingRun)).catch(() => undefined); // what could not go now goes at the next start
      return runRows(open, projectId, (rows) => job.report(rows));
    },
    describeRun: async ({ runId, ...words }) => (await describeRun(await store, runId, words), null),
    async writeCard({ runId, card }) {
      await updateRun(await store, runId, ({ card: _, ...run }) =>
        Object.keys(card).length === 0 ? run : { ...run, card },
      );
      return null;
    },
    removeRun: async ({ runId, at }) => (await holding(runId, (open) => removeRun(open, runId, at)), null),
    restoreRun: async ({ runId }) => (await restoreRun(await store, runId), null),
    purgeRun: async ({ runId }) => (await holding(runId, (open) => purgeIfRemoved(open, runId)), null),
    async pinStep({ runId, step, isPinned }) {
      const open = await store;
      if (isPinned) await pinStep(open, runId, step, (await readKnownRun(open, runId)).keep.budget);
      else await unpinStep(open, runId, step);
      return null;
    },
    async setBudget({ runId, bytes }) {
      await updateRun(await store, runId, (run) => ({ ...run, keep: { ...run.keep, budget: bytes } }));
      return null;
    },
  };
}
