/**
 * Adds a toy step value to the list and to the program of a step, and checks that it reaches events, the journal, a
 * resumed run, the exported curve, an import and the data of the page's chart.
 */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import type { Network } from '../models/network';
import { tokenSource } from '../../testing/tokenSource';
import type { Snapshot, StepEvent, TrainEvent } from './run';
import type { StepValue } from './stepValues';

const largestWeight: StepValue = {
  label: 'Largest weight',
  unit: 'units',
  file: 'largest_weight',
  isOptional: true,
  chart: 1.5,
};

// Adds one output to the step.
vi.mock('./step', async (original) => {
  const { stepOn } = await original<typeof import('./step')>();
  const measured = <O extends object>({ params, trainableParams }: Network, outputs: O): O => ({
    ...outputs,
    largestWeight: tf.max(tf.stack(Object.keys(trainableParams).map((name) => tf.max(tf.abs(params[name]!))))),
  });
  return {
    stepOn: ((network, ...others) => {
      const { step, gather, apply } = stepOn(network, ...others);
      return {
        step: (inputs) => measured(network, step(inputs)),
        gather,
        apply: (inputs, gathered) => measured(network, apply(inputs, gathered)),
      };
    }) satisfies typeof stepOn,
  };
});

// Runs before other modules read the list.
beforeAll(async () => {
  Object.assign((await import('./stepValues')).STEP_VALUES, { largestWeight });
  await tf.setBackend('cpu');
});

const toy = (events: readonly TrainEvent[]): readonly number[] =>
  events
    .filter((event) => event.kind === 'step')
    .map((event) => (event as StepEvent & { largestWeight?: number }).largestWeight ?? NaN);

describe.each([1, 2])('with %i micro-batches per step, a toy value', (accumulate) => {
  test('is reported, stored, resumed, exported, imported and drawn', async () => {
    const { savedRun } = await import('../../testing/savedRun');
    const { train } = await import('./train');
    const { journalKey, openJournal, readJournal } = await import('../runs/journal');
    const input = await settings(accumulate);
    const { store, events } = await savedRun(input);
    const want = toy(events);
    expect(want).toHaveLength(4);
    expect(new Set(want.filter((value) => value > 0)).size).toBe(4);

    const before = toy(await readJournal(store, 'a'));
    expect(before).toEqual(want);
    const batch = (await store.get(journalKey('a', 0))) as unknown as { steps: number[][]; named: object };
    expect(batch.named).toMatchObject({ largestWeight: want });
    expect(batch.steps.map(({ length }) => length)).toEqual([7, 7, 7, 7]);

    const snapshots: Snapshot[] = [];
    const save = (snapshot: Snapshot) => Promise.resolve({ bytes: snapshots.push(snapshot) });
    await train({ ...input, save }, unwatched);
    const journal = await openJournal(store, 'a', 2);
    expect(toy(await readJournal(store, 'a'))).toEqual(want.slice(0, 2));
    const resumed: TrainEvent[] = [];
    const from = snapshots.find(({ state }) => state.step === 2)!;
    await train({ ...input, from, save }, { ...unwatched, report: (event) => resumed.push(event) });
    await journal.append(resumed);
    expect(toy(await readJournal(store, 'a'))).toEqual(want);

    const { exportRun, importRun } = await import('../export/run');
    const { files } = await exportRun(store, 'a', 'latest', 'hf', {
      withOptimizer: true,
      template: () => Promise.resolve(''),
    });
    const sources = await Promise.all(
      files.map(async (file) => ({ name: file.name, source: bytesSource(await readBytes(file)) })),
    );
    const other = memoryStore();
    await importRun(other, { runId: 'b', projectId: 'first' }, sources, 9, unwatched);
    const imported = await readJournal(other, 'b');
    expect(toy(imported)).toEqual(want);

    const { RunLog } = await import('../../state/runLog');
    const { stepCharts } = await import('../../features/train/smallCharts');
    const charts = stepCharts(new RunLog(imported));
    expect(charts.slice(0, 2).map(({ title }) => title)).toEqual(['Learning rate', 'Largest weight, units']);
    expect(charts[1]).toMatchObject({ name: 'largest weight', x: [1, 2, 3, 4], y: want });
  });
});

test('values keep their columns in rows and their names in files', async () => {
  const { stepValues } = await import('./stepValues');
  const columns = stepValues().flatMap(([name, { column }]) => (column === undefined ? [] : [[column, name] as const]));
  expect(columns.sort(([a], [b]) => a - b)).toEqual([
    [1, 'loss'],
    [2, 'learningRate'],
    [3, 'gradientNorm'],
    [4, 'tokensPerSecond'],
    [5, 'activeMs'],
    [6, 'memoryBytes'],
    [7, 'plannedBytes'],
    [8, 'encodeMs'],
    [9, 'gpuMs'],
  ]);
  const files = stepValues().map(([, { file }]) => file);
  expect(new Set([...files, 'step', 'epoch', 'eval_loss']).size).toBe(files.length + 3);
  expect(files.filter((file) => !/^[a-z]+(_[a-z]+)*$/.test(file))).toEqual([]);
});

async function settings(accumulate: number) {
  const { createTokenizer } = await import('../tokenizer/byteLevel');
  const { DEFAULT_RECIPE } = await import('./recipe');
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(9));
  const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
  const recipe = {
    ...DEFAULT_RECIPE,
    ...{ steps: 4, batch: 2, accumulate, warmup: 0, learningRate: 0.01, evalEvery: 4, saveEvery: 2 },
  };
  const config = { layers: 1, heads: 1, width: 8, context: 12 };
  const model = { id: 'gpt' as const, config, vocabulary: tokenizer.size };
  let time = 0;
  const now = () => (time += 5);
  return { model, recipe, tokenizer, train: part(ids.subarray(0, 500)), validation: part(ids.subarray(500)), now };
}
