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
  const sweep = async (blobs: BlobStore, now: number): Promise<void> => {
    if (await purgeRemoved(blobs, (await isUndoLive()) ? 0 : now, holdingRun)) await collectData(blobs);
  };
  /** Runs `change` if no tab uses the run. */
  const whileHeld = <T>(runId: string, change: (store: BlobStore) => Promise<T>): Promise<T> =>
    holdingRun(runId, async () => change(await store));
  return {
    async listRuns({ projectId, now }, job) {
      const blobs = await store;
      await (swept ??= sweep(blobs, now)).catch(() => undefined); // the next start deletes the rest
      return runRows(blobs, projectId, (rows) => job.report(rows));
    },
    mixRun: (mix) => whileHeld(mix.runId, async (blobs) => (await mixRun(blobs, mix), null)),
    describeRun: async ({ runId, ...words }) => (await describeRun(await store, runId, words), null),
    async writeCard({ runId, card }) {
      await updateRun(await store, runId, ({ card: _, ...run }) =>
        Object.keys(card).length === 0 ? run : { ...run, card },
      );
      return null;
    },
    keptEvaluation: async ({ runId, step, part }) => readEvaluation(await store, runId, step, part),
    async measured({ runId, step }) {
      const blobs = await store;
      const run = await readKnownRun(blobs, runId);
      return stepMeasurements(blobs, run, step, { hash: await tokenizerHash(await readTokenizer(blobs, run)) });
    },
    keptLists: async ({ runId }) => readEvaluations(await store, runId, 'lists'),
    removeRun: ({ runId, at }) =>
      whileHeld(runId, async (blobs) => {
        await removeRun(blobs, runId, at);
        return { bytes: await bytesOfRun(blobs, runId) };
      }),
    restoreRun: async ({ runId }) => (await restoreRun(await store, runId), null),
    async purgeRun({ runId }) {
      await whileHeld(runId, (blobs) => purgeIfRemoved(blobs, runId));
      await collectData(await store);
      return null;
    },
    async pinStep({ runId, step, isPinned }) {
      const blobs = await store;
      if (isPinned) await pinStep(blobs, runId, step, (await readKnownRun(blobs, runId)).keep.budget);
      else await unpinStep(blobs, runId, step);
      return null;
    },
    async setBudget({ runId, bytes }) {
      const blobs = await store;
      await updateRun(blobs, runId, (run) => ({ ...run, keep: { ...run.keep, budget: bytes } }));
      await boundLight(blobs, runId, bytes);
      return null;
    },
  };
}
