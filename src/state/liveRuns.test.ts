import { expect, test } from 'vitest';
import { runRows } from '../testing/runRows';
import type { TrainEvent } from '../core/train/run';
import { liveRuns } from './liveRuns';
import { newOpenRun } from './openRun';
import { RunLog } from './runLog';

const runs = runRows(2);
const row = runs[0]!;
const { id } = row.record;
const evaluated = (step: number, loss: number): TrainEvent => ({
  kind: 'evaluated',
  step,
  loss,
  metrics: {},
  activeMs: step,
  sample: 'Ahab',
});
const state = (log: RunLog) => ({
  runs,
  training: { runId: id, projectId: 'p' },
  opened: { [id]: { ...newOpenRun(id), log } },
});
const last = row.curve!.evaluations.step.at(-1)!;

test('the list includes evaluations newer than its last read, and stays the same until the next one', () => {
  const log = new RunLog([evaluated(last, 4), evaluated(last + 50, 3.5)]);
  const listed = liveRuns(state(log))!;
  const { evaluations, sample } = listed[0]!.curve!;
  expect([evaluations.step, evaluations.loss].map((column) => column.at(-1))).toEqual([last + 50, 3.5]);
  expect(Object.values(evaluations).map(({ length }) => length)).toEqual(
    Object.values(row.curve!.evaluations).map(({ length }) => length + 1),
  );
  expect(sample).toBe('Ahab');
  expect(listed[1]).toBe(runs[1]);
  expect(liveRuns(state(log))).toBe(listed);
  log.append(evaluated(last + 100, 3.4));
  expect(liveRuns(state(log))![0]!.curve!.evaluations.loss.at(-1)).toBe(3.4);
});

test('the list keeps its identity if nothing trains or no new measurement exists', () => {
  const log = new RunLog([evaluated(last, 4), evaluated(last + 50, Infinity)]);
  expect(liveRuns(state(log))).toBe(runs);
  expect(liveRuns({ ...state(log), training: null })).toBe(runs);
  expect(liveRuns({ ...state(log), runs: null })).toBeNull();
});
