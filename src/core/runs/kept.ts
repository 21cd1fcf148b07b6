/** The runs that are kept here, and giving back what one takes. */
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { isUnreadable } from '../base/record';
import { type SavedStep, snapshotKeys, surveySnapshots } from '../checkpoint/checkpoint';
import { headKey } from '../checkpoint/head';
import type { ObjectiveId } from '../objectives';
import { lastEvaluation } from './journal';
import { listRuns, type RunRecord } from './record';

/** A run in a list of them. */
export interface KeptRun {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** The newest step that can be read back; where none can be, how far it had come. */
  step: number;
  objective: ObjectiveId;
  /** Nats on held-out text at the last evaluation up to that step; null where none is known. */
  loss: number | null;
  /** Of all its saved steps; 0 where they were given back, null where they cannot be read. */
  bytes: number | null;
}

/** The runs that have saved a step, newest first. One that failed before its first save left no model. */
export async function keptRuns(store: BlobStore): Promise<readonly KeptRun[]> {
  const runs = await Promise.all((await listRuns(store)).map((record) => keptRun(store, record)));
  return runs.filter(({ step, bytes }) => bytes !== 0 || step > 0);
}

async function keptRun(store: BlobStore, record: RunRecord): Promise<KeptRun> {
  const { id, name, createdAt, step: reached, objective } = record;
  const saved = await savedSteps(store, id);
  const step = saved?.find(({ latest }) => latest)?.step ?? saved?.at(-1)?.step ?? reached;
  const loss = (await lastEvaluation(store, id, step))?.loss ?? null;
  return {
    id,
    name,
    createdAt,
    step,
    objective,
    loss,
    bytes: saved && saved.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Null where their list, or all of them, cannot be read. */
async function savedSteps(store: BlobStore, runId: string): Promise<readonly SavedStep[] | null> {
  try {
    const { steps, damaged } = await surveySnapshots(store, runId);
    return steps.length === 0 && damaged.length > 0 ? null : steps;
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/**
 * Gives back what a run's saved steps take; its record and its curve stay. Nothing is written, so that it works on a full
 * disk too. Only for whoever holds the run.
 * @throws HomegrownError `in-use` when a step was saved meanwhile
 */
export async function freeRun(store: BlobStore, runId: string): Promise<void> {
  const head = (await store.get(headKey(runId))) as Json | undefined;
  const drop = await snapshotKeys(store, runId);
  if (!(await store.commit({ drop, expect: [[headKey(runId), head]] }))) {
    throw new HomegrownError('in-use', 'This run has just saved a step', 'Nothing was freed. Stop it first.');
  }
}
