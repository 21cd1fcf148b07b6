/** Handlers of the data worker for runs: list, describe, delete and restore. */
import type { BlobStore } from '../core/base/blobStore';
import { boundLight, pinStep, unpinStep } from '../core/checkpoint/pinned';
import { stepMeasurements } from '../core/export/stepMeasurements';
import { readEvaluation, readEvaluations } from '../core/runs/keptEvaluations';
import { mixRun } from '../core/runs/mix';
import { readKnownRun, updateRun } from '../core/runs/record';
import { bytesOfRun } from '../core/runs/sizes';
import { describeRun, purgeIfRemoved, purgeRemoved, removeRun, restoreRun, runRows } from '../core/runs/rows';
import { readTokenizer } from '../core/runs/tokenizer';
import { dropUnused } from '../core/runs/unused';
import { tokenizerHash } from '../core/tokenizer/byteLevel';
import type { DataApi } from '../protocol/data';
import { holdingRun, isUndoLive, unlessDataHeld } from '../storage/lock';
import type { Handlers } from './serve';

type RunHandlers = Pick<
  Handlers<DataApi>,
  | 'listRuns'
  | 'describeRun'
  | 'writeCard'
  | 'mixRun'
  | 'removeRun'
  | 'restoreRun'
  | 'purgeRun'
  | 'pinStep'
  | 'setBudget'
  | 'keptEvaluation'
  | 'measured'
  | 'keptLists'
>;

/** Deletes data without an owner, unless a tab is making data that no record names yet; then the next deletion does. */
export const collectData = (store: BlobStore): Promise<boolean> => unlessDataHeld(() => dropUnused(store));

export function runHandlers(store: Promise<BlobStore>): RunHandlers {
  let swept: Promise<void> | undefined;
  const sweep = async (open: BlobStore, now: number): Promise<void> => {
    if (await purgeRemoved(open, (await isUndoLive()) ? 0 : now, holdingRun)) await collectData(open);
  };
  /** Runs `change` if no tab uses the run. */
  const holding = <T>(runId: string, change: (store: BlobStore) => Promise<T>): Promise<T> =>
    holdingRun(runId, async () => change(await store));
  return {
    async listRuns({ projectId, now }, job) {
      const open = await store;
      await (swept ??= sweep(open, now)).catch(() => undefined); // the next start deletes the rest
      return runRows(open, projectId, (rows) => job.report(rows));
    },
    mixRun: (mix) => holding(mix.runId, async (open) => (await mixRun(open, mix), null)),
    describeRun: async ({ runId, ...words }) => (await describeRun(await store, runId, words), null),
    async writeCard({ runId, card }) {
      await updateRun(await store, runId, ({ card: _, ...run }) =>
        Object.keys(card).length === 0 ? run : { ...run, card },
      );
      return null;
    },
    keptEvaluation: async ({ runId, step, part }) => readEvaluation(await store, runId, step, part),
    async measured({ runId, step }) {
      const open = await store;
      const run = await readKnownRun(open, runId);
      return stepMeasurements(open, run, step, { hash: await tokenizerHash(await readTokenizer(open, run)) });
    },
    keptLists: async ({ runId }) => readEvaluations(await store, runId, 'lists'),
    removeRun: ({ runId, at }) =>
      holding(runId, async (open) => {
        await removeRun(open, runId, at);
        return { bytes: await bytesOfRun(open, runId) };
      }),
    restoreRun: async ({ runId }) => (await restoreRun(await store, runId), null),
    async purgeRun({ runId }) {
      await holding(runId, (open) => purgeIfRemoved(open, runId));
      await collectData(await store);
      return null;
    },
    async pinStep({ runId, step, isPinned }) {
      const open = await store;
      if (isPinned) await pinStep(open, runId, step, (await readKnownRun(open, runId)).keep.budget);
      else await unpinStep(open, runId, step);
      return null;
    },
    async setBudget({ runId, bytes }) {
      const open = await store;
      await updateRun(open, runId, (run) => ({ ...run, keep: { ...run.keep, budget: bytes } }));
      await boundLight(open, runId, bytes);
      return null;
    },
  };
}
