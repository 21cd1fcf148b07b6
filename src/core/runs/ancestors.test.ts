import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { runRecord } from '../../testing/runRecord';
import type { TrainEvent } from '../train/run';
import { readAncestors } from './ancestors';
import { openJournal } from './journal';
import { addRun, recordKey } from './record';

const evaluated = (step: number): TrainEvent => ({
  kind: 'evaluated',
  step,
  loss: 3,
  metrics: {},
  activeMs: step,
  sample: '',
});
const forkOf = (runId: string, step: number) => ({ parent: { runId, step, how: 'fork' as const, name: runId } });

test('a fork has its ancestors’ events up to where each was forked; a missing ancestor leaves only a gap', async () => {
  const store = memoryStore();
  const evaluatedSteps: Record<string, readonly number[]> = {
    first: [0, 10, 20, 30, 40],
    second: [20, 25, 30, 35],
    third: [30, 40],
  };
  for (const [id, steps] of Object.entries(evaluatedSteps))
    await (await openJournal(store, id, 0)).append(steps.map((step) => evaluated(step)));
  await addRun(store, runRecord({ id: 'first' }));
  await addRun(store, runRecord({ id: 'second', ...forkOf('first', 20) }));
  const third = runRecord({ id: 'third', ...forkOf('second', 30) });
  await addRun(store, third);
  const steps = async () => (await readAncestors(store, third)).map(({ kind, step }) => `${kind} ${step}`);
  const of = (...all: number[]) => all.map((step) => `evaluated ${step}`);
  expect(await steps()).toEqual(of(0, 10, 20, 20, 25, 30));
  expect(await readAncestors(store, runRecord({ id: 'x' }))).toEqual([]);
  expect(
    await readAncestors(store, { id: 'y', parent: { runId: 'first', step: 20, how: 'import', name: '' } }),
  ).toEqual([]);
  // Damaged records that name each other end the search.
  await expect(readAncestors(store, runRecord({ id: 'second', ...forkOf('second', 9) }))).resolves.toEqual([]);
  await store.commit({ put: [[recordKey('second'), { version: 99 }]] });
  expect(await steps()).toEqual(of(20, 25, 30));
});
