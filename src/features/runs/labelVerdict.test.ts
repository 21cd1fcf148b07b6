import { expect, test } from 'vitest';
import { bytesOf, CURVE, curveKey, curveOf, evaluatedAt, lacksLabels } from '../../core/runs/curve';
import { memoryStore } from '../../core/base/blobStore';
import { parseRecord } from '../../core/base/record';
import { addRun } from '../../core/runs/record';
import { runRows } from '../../core/runs/rows';
import { openJournal } from '../../core/runs/journal';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { DEFAULT_RECIPE } from '../../core/train/recipe';
import type { TrainEvent } from '../../core/train/run';
import { initialProject } from '../../core/runs/project';
import { newOpenRun } from '../../state/openRun';
import { RunLog } from '../../state/runLog';
import { standingOf } from '../../state/standing';
import { judgementOf } from './verdict';
import { viewOf } from './view';

const classes = { labels: ['no', 'yes'], pooling: 'mean' } as const;
/** A balanced validation set of 60 texts: the majority baseline gets 50 %, naive Bayes 90 %. */
const labels = {
  train: { no: 90, yes: 90 },
  validation: { no: 30, yes: 30 },
  accuracy: { majority: 50, naiveBayes: 90 },
};
const record = runRecord({
  id: 'r',
  status: 'finished',
  step: 40,
  objective: 'labels',
  recipe: { ...DEFAULT_RECIPE, objective: 'labels', steps: 40 },
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8, classes }, vocabulary: 257 },
  data: { facts: dataFacts({ labels }) },
});
const evaluated = (step: number, loss: number, right: number): TrainEvent => ({
  ...{ kind: 'evaluated', step, loss, activeMs: 10 * step, sample: '' },
  metrics: { accuracy: { value: (100 * right) / 60 } },
  labels: { right, texts: 60 },
});

test.each([
  [60, 'ok', 'Finished: 60 of 60 texts right'],
  [54, 'ok', 'Finished: 54 of 60 texts right'],
  [45, 'warn', 'Counting words (naive Bayes) still beats it'],
  [30, 'warn', "It hasn't learned the labels"],
])(
  'a finished classifier with %i of 60 texts right gets the same verdict on Runs and Train',
  (right, tone, judgement) => {
    const events = [evaluated(0, 0.7, 30), evaluated(20, 0.5, right), evaluated(40, 0.6, 40)];
    const row = { record, step: 40, curve: curveOf(events, 40, record.segments), bytes: 1 };
    const onRuns = judgementOf(viewOf(row), false);
    expect(onRuns).toMatchObject({ tone, judgement });
    const log = new RunLog();
    for (const event of events) log.append(event);
    const onTrain = standingOf({ ...newOpenRun('r'), record, log }, initialProject());
    expect(onRuns).toMatchObject({ judgement: onTrain.judgement, evidence: onTrain.evidence });
  },
);

test('a stored curve of version 3, without label counts, is rebuilt from the events of a classifier', async () => {
  const store = memoryStore();
  const events = [evaluated(0, 0.7, 30), evaluated(40, 0.5, 60)];
  await addRun(store, record);
  await (await openJournal(store, 'r', 0)).append(events);
  // Version 3: a header of four numbers, then five columns for two evaluations, then JSON.
  const current = curveOf(events, 40, record.segments);
  const numbers = new Float64Array(bytesOf(current).slice().buffer, 0, 4 + 5 * 2);
  const versionThree = Float64Array.from([3, ...numbers.slice(1)]);
  const bytes = new Uint8Array([...new Uint8Array(versionThree.buffer), ...new TextEncoder().encode('""')]);
  const read = parseRecord(bytes, curveKey('r'), CURVE);
  expect([...read.evaluations.loss]).toEqual([0.7, 0.5]);
  expect(lacksLabels(read)).toBe(true);
  await store.commit({ put: [[curveKey('r'), bytes]] });
  const [row] = await runRows(store, 'first', () => undefined);
  expect(evaluatedAt(row!.curve!, 40)).toEqual({
    loss: 0.5,
    metrics: { accuracy: { value: 100 } },
    labels: { right: 60, texts: 60 },
  });
});
