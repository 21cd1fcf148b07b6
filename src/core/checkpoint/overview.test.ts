/** Overview of all runs from their lists of steps, compared with a step-by-step survey. */
import { expect, test } from 'vitest';
import { type BlobStore, type Json, memoryStore } from '../base/blobStore';
import { CHUNK, snapshotAt } from '../../testing/savedSteps';
import { claimRun, loadSnapshot, stepBytes, surveySnapshots } from './checkpoint';
import { headKey, readHead } from './head';
import { overview, addMissingSummaries } from './overview';
import { pinStep, unpinStep } from './pinned';

const AMPLE = 2 ** 29;
const weightsAt = (step: number) =>
  new Map([...snapshotAt(step).tensors].filter(([name]) => !name.startsWith('adam.')));

/** Adds a run with two complete steps, a best of weights alone, light steps and a pinned one. */
async function addRun(store: BlobStore, runId: string): Promise<void> {
  const writer = await claimRun(store, runId, CHUNK);
  await writer.save(snapshotAt(10));
  await pinStep(store, runId, 10, AMPLE);
  for (const step of [12, 14])
    await writer.keepLight(snapshotAt(step).state, () => Promise.resolve(weightsAt(step)), AMPLE);
  await writer.keepBest({ ...snapshotAt(15).state, best: { step: 15, loss: 1 } }, () => Promise.resolve(weightsAt(15)));
  for (const step of [20, 30]) await writer.save(snapshotAt(step));
}

/** Store that counts requests, and records the requested keys. */
function counting(store: BlobStore) {
  const asked: string[] = [];
  let looks = 0;
  const counted: BlobStore = {
    ...store,
    get: (key) => (looks++, asked.push(key), store.get(key)),
    getMany: (keys) => (looks++, asked.push(...keys), store.getMany(keys)),
    async entries(prefix) {
      looks++;
      const entries = await store.entries(prefix);
      asked.push(...entries.map(([key]) => key));
      return entries;
    },
    keys: (prefix) => (looks++, store.keys(prefix)),
  };
  return { store: counted, asked, looks: () => looks };
}

/** Expects that the overview equals a step-by-step survey. */
async function expectAsFound(store: BlobStore, runId = 'r'): Promise<void> {
  const { steps, damaged } = await surveySnapshots(store, runId);
  const newest = steps.find(({ latest }) => latest) ?? steps.at(-1);
  const isLost = steps.length === 0 && damaged.length > 0;
  const bytes = isLost ? null : steps.reduce((sum, step) => sum + step.bytes, 0);
  for (const view of [await overview(store), await overview(store, [runId])]) {
    expect(await view.keptOf(runId)).toEqual({ step: newest?.step ?? null, bytes });
    expect(await view.bytesOf(runId)).toBe(await stepBytes(store, runId));
  }
}

const drop = async (store: BlobStore, ...beginnings: string[]): Promise<void> => {
  for (const beginning of beginnings) await store.commit({ drop: await store.keys(beginning) });
};
/** Removes step summaries from a list, as in an older build. */
async function forget(store: BlobStore, runId: string): Promise<void> {
  const { steps: _, ...head } = (await store.get(headKey(runId))) as Record<string, Json>;
  await store.commit({ put: [[headKey(runId), { ...head, version: 2 }]] });
}

test('reads only the lists of a hundred runs, with as many requests as for one', async () => {
  const store = memoryStore();
  for (let i = 0; i < 100; i++) await addRun(store, `run-${i}`);
  const counted = counting(store);
  const all = await overview(counted.store);
  for (let i = 0; i < 100; i++) {
    const { step, bytes } = await all.keptOf(`run-${i}`);
    expect([step, await all.bytesOf(`run-${i}`)]).toEqual([30, bytes]);
    expect(bytes).toBeGreaterThan(0);
  }
  expect(counted.looks()).toBe(3);
  expect(counted.asked).toHaveLength(100);
  expect(counted.asked.every((key) => key.startsWith('heads/'))).toBe(true);
});

test('matches the survey after steps are saved, unpinned, lost or set aside', async () => {
  const store = memoryStore();
  await expectAsFound(store, 'none');
  const changes: readonly (() => Promise<unknown>)[] = [
    () => addRun(store, 'r'),
    () => unpinStep(store, 'r', 10),
    () => claimRun(store, 'r', CHUNK), // the next writer
    () => drop(store, 'manifests/r/30.'),
    () => loadSnapshot(store, 'r'), // sets it aside
    () => store.commit({ put: [['runs/r/14.2.9/00000', Uint8Array.of(1, 2)]] }), // of an unfinished save
    () => drop(store, 'runs/r/12.'),
    async () => store.commit({ drop: (await store.keys('runs/r/20.')).slice(1, 2) }), // one of its parts
    () => drop(store, 'manifests/', 'runs/'),
    () => drop(store, 'heads/'),
  ];
  for (const change of changes) {
    await change();
    await expectAsFound(store);
  }
});

test('without a checkpoint to resume from, the best or a light step is the newest', async () => {
  const store = memoryStore();
  await addRun(store, 'r');
  await unpinStep(store, 'r', 10);
  await drop(store, 'manifests/r/20.', 'manifests/r/30.');
  await expect(loadSnapshot(store, 'r')).rejects.toThrow('can’t be resumed');
  expect(await (await overview(store)).keptOf('r')).toMatchObject({ step: 15 });
  await expectAsFound(store);
});

test('reports an unreadable list, and one that is missing while steps exist', async () => {
  const store = memoryStore();
  await addRun(store, 'r');
  await addRun(store, 's');
  const bytes = await stepBytes(store, 'r');
  await store.commit({ put: [['heads/r', { version: 99 }]], drop: ['heads/s'] });
  for (const view of [await overview(store), await overview(store, ['r', 's'])])
    for (const runId of ['r', 's']) {
      expect(await view.keptOf(runId)).toEqual({ step: null, bytes: null });
      expect(await view.bytesOf(runId)).toBe(bytes);
    }
});

test('surveys a list of an older build step by step until its next save, without changing steps', async () => {
  const store = memoryStore();
  await addRun(store, 'r');
  const whole = await readHead(store, 'r');
  await forget(store, 'r');
  expect((await readHead(store, 'r'))!.steps).toEqual({});
  await expectAsFound(store);
  await addMissingSummaries(store);
  expect(await readHead(store, 'r')).toEqual(whole);
  const stored = await store.get('heads/r');
  await addMissingSummaries(store);
  expect(await store.get('heads/r')).toBe(stored);

  await forget(store, 'r');
  await drop(store, 'manifests/r/12.');
  await (await claimRun(store, 'r', CHUNK)).save(snapshotAt(40));
  expect(Object.keys((await readHead(store, 'r'))!.steps)).toHaveLength(1);
  await expectAsFound(store);
  await addMissingSummaries(store);
  await expectAsFound(store);
  // Unreadable steps get no summary, and are read each time.
  const { steps, light } = (await readHead(store, 'r'))!;
  expect(light.filter((id) => !steps[id])).toHaveLength(1);
});
