/** Reads a stored run with all its parts. */
import { toFailure } from '../core/base/errors';
import { readAncestors } from '../core/runs/ancestors';
import { readJournal } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { asSaved, newOpenRun } from './openRun';
import { RunLog } from './runLog';
import { whichNow } from './trained';
import type { ReadRun } from './slices/run';
import type { Services } from './slices/studio';

/** Reads the parts at once; only a fork's ancestors depend on its record. */
export async function readOpenRun({ store, data }: Pick<Services, 'store' | 'data'>, runId: string): Promise<ReadRun> {
  let totalSteps = 0;
  try {
    const journal = readJournal(store, runId);
    const checkpoints = data.call('savedSteps', { runId });
    for (const read of [journal, checkpoints]) read.catch(() => undefined); // reported below, if there is a run
    const record = await readRun(store, runId);
    if (!record) return { id: runId, run: null, damaged: [] };
    totalSteps = recipeOf(record).steps;
    const [events, ancestorEvents, { steps, damaged }] = await Promise.all([
      journal,
      readAncestors(store, record),
      checkpoints,
    ]);
    // The run is no model; in another tab it may become one.
    if (record.step === 0 && !steps.some(({ latest }) => latest)) return { id: runId, run: null, damaged: [] };
    const log = new RunLog(events);
    const run = asSaved({
      ...newOpenRun(runId),
      record,
      log,
      before: new RunLog(ancestorEvents),
      steps,
      which: whichNow({ record, which: 'latest', log }, steps),
      phase: { kind: 'stopped', step: record.step, of: totalSteps },
    });
    return { id: runId, run, damaged };
  } catch (error) {
    const phase = { kind: 'failed', failure: toFailure(error), step: 0, of: totalSteps } as const;
    return { id: runId, run: { ...newOpenRun(runId), phase }, damaged: [] };
  }
}
