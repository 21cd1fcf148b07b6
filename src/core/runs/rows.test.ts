import { expect, test } from 'vitest';
import { type BlobStore, type Json, memoryStore, type Stored } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { parseRecord } from '../base/record';
import { claimRun } from '../checkpoint/checkpoint';
import { runRecord } from '../../testing/runRecord';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import type { TrainEvent } from '../train/run';
import { CURVE, curveKey, curveOf, MAX_CURVE_POINTS } from './curve';
import { openJournal } from './journal';
import { addRun, readRun, updateRun } from './record';
import { measureEverything } from './sizes';
import { readTokenizer } from './tokenizer';
import { describeRun, purgeRemoved, removeRun, restoreRun, type RunRow, runRows } from './rows';

const step = (n: number, loss = 1 / n): TrainEvent => ({
  kind: 'step',
  step: n,
  loss,
  learningRate: 1e-3,
  gradientNorm: 1,
  tokensPerSecond: 5,
  activeMs: 10 * n,
  memoryBytes: 9,
});
const evaluated = (n: number, loss: number): TrainEvent => ({
  kind: 'evaluated',
  step: n,
  loss,
  metrics: {},
  activeMs: 10 * n,
  sample: `The ${n}`,
});

const TENSORS = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
/** Adds a run with one saved step, and a journal up to a later step. */
async function addSaved(
  store: BlobStore,
  id: string,
  projectId = 'first',
  tokenizer: TokenizerModel = { kind: 'bytes', merges: [] },
): Promise<void> {
  await addRun(store, runRecord({ id, projectId, step: 4, createdAt: 1, tokenizer }));
  const state = { step: 4, tokensSeen: 0, activeMs: 0, best: null };
  await (await claimRun(store, id)).save({ state, tensors: TENSORS });
  await (
    await openJournal(store, id, 0)
  ).append([step(1), step(2), evaluated(2, 2), step(4), evaluated(4, 3), step(6)]);
}
const WHOLE = [{ after: 0 }];
const listed = (store: BlobStore, tell: (rows: readonly RunRow[]) => void = () => undefined) =>
  runRows(store, 'first', tell);
const holding = (_: string, work: () => Promise<void>): Promise<void> => work();
/** Counts reads under a key prefix: values, their bytes as JSON, and accesses to the store. */
function counting(inner: BlobStore, prefix = '') {
  const counted = { values: 0, bytes: 0, looks: 0 };
  const count = (key: string, value: Stored | undefined): Stored | undefined => {
    if (!key.startsWith(prefix)) return value;
    counted.values++;
    counted.bytes += value instanceof Uint8Array ? value.length : JSON.stringify(value ?? null).length;
    return value;
  };
  const store: BlobStore = {
    ...inner,
    get: async (key) => (counted.looks++, count(key, await inner.get(key))),
    getMany: async (keys) => (counted.looks++, (await inner.getMany(keys)).map((value, i) => count(keys[i]!, value))),
    entries: async (at) => (
      counted.looks++,
      (await inner.entries(at)).map(([key, value]) => [key, count(key, value)!] as const)
    ),
    keys: (at) => (counted.looks++, inner.keys(at)),
  };
  return { store, counted };
}

test('a curve keeps the range of each group, the best and the last evaluation, and no unsaved steps', () => {
  const events = Array.from({ length: 10_000 }, (_, i) => step(i + 1, 1 + ((i * 7919) % 100) / 100));
  events[4999] = step(5000, NaN);
  events[2999] = step(3000, 90);
  const measured = Array.from({ length: 400 }, (_, i) => evaluated(25 * (i + 1), i === 137 ? 0.5 : 2 + (i % 3)));
  const { training, evaluations, sample } = curveOf([...events, ...measured, evaluated(10_100, 0.1)], 10_000, WHOLE);
  for (const columns of [training, evaluations]) {
    expect(columns.step.length).toBeLessThanOrEqual(MAX_CURVE_POINTS);
    expect(columns.step.length).toBeGreaterThan(MAX_CURVE_POINTS / 2);
    expect(columns.step).toEqual(columns.step.toSorted());
  }
  expect(Math.max(...training.high)).toBe(90);
  expect(Math.min(...training.low)).toBe(1);
  expect(Math.min(...evaluations.loss)).toBe(0.5);
  expect([training.step.at(-1), evaluations.step.at(-1), evaluations.ms.at(-1)]).toEqual([10_000, 10_000, 100_000]);
  expect(sample).toBe('The 10000');
  const none = curveOf([], 5, WHOLE);
  expect([none.training.step.length, none.evaluations.step.length, none.sample]).toEqual([0, 0, '']);
});

test('makes curves once, stores them, and rebuilds them after further training or damage', async () => {
  const store = memoryStore();
  await addSaved(store, 'a');
  const reports: (readonly RunRow[])[] = [];
  const [row] = await listed(store, (rows) => reports.push(rows));
  expect(reports.map(([first]) => first!.curve)).toEqual([null]);
  expect(row!.curve).toMatchObject({ step: 4, sample: 'The 4' });
  expect(row!.curve!.evaluations).toMatchObject({ step: Float64Array.of(2, 4), loss: Float64Array.of(2, 3) });
  expect(row!.curve!.training.step).toEqual(Float64Array.of(1, 2, 4));
  expect(row!.record.tokenizer).toEqual({ kind: 'bytes' });

  const again = counting(store, 'journal/');
  expect(await listed(again.store, (rows) => reports.push(rows))).toEqual([row]);
  expect([again.counted.values, reports.length]).toEqual([0, 1]);

  // Keeps bytes, which are read back unchanged, and the form of older builds; rebuilds any other.
  const bytes = (await store.get(curveKey('a'))) as Uint8Array;
  expect(parseRecord(bytes, curveKey('a'), CURVE)).toEqual(row!.curve);
  const json = (value: object): Json =>
    JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Float64Array ? [...part] : part))) as Json;
  const before = json({ ...row!.curve!, version: 2 });
  await store.commit({ put: [[curveKey('a'), before]] });
  expect(await listed(store)).toEqual([row]);
  expect(await store.get(curveKey('a'))).toEqual(before);
  const other = bytes.slice();
  new DataView(other.buffer).setFloat64(8, 4.5, true);
  for (const stored of ['torn', json({ ...row!.curve!, version: 1 }), bytes.slice(0, 40), bytes.slice(0, 7), other]) {
    await store.commit({ put: [[curveKey('a'), stored]] });
    expect(await listed(store)).toEqual([row]);
    expect(await store.get(curveKey('a'))).toEqual(bytes);
  }
  const tensors = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
  await (await claimRun(store, 'a')).save({ state: { step: 6, tokensSeen: 0, activeMs: 0, best: null }, tensors });
  expect((await listed(store))[0]!.curve!.training.step).toEqual(Float64Array.of(1, 2, 4, 6));
});

test("doesn't store a curve if its run ends meanwhile, because it lacks the final evaluation", async () => {
  const store = memoryStore();
  await addSaved(store, 'a');
  const ending: BlobStore = {
    ...store,
    async entries(prefix) {
      const entries = await store.entries(prefix);
      if (prefix.startsWith('journal/')) await updateRun(store, 'a', (run) => ({ ...run, status: 'stopped' }));
      return entries;
    },
  };
  expect((await listed(ending))[0]!.curve).not.toBeNull();
  expect(await store.keys('curves/')).toEqual([]);
});

/** Merges of a vocabulary of 4,096, the largest. */
const MERGES = Array.from({ length: 3839 }, (_, i) => [i, i + 255] as const);

test('lists 200 runs in few accesses and some kilobytes each, whatever their tokenizers and steps', async () => {
  const store = memoryStore();
  for (let i = 0; i < 200; i++) {
    await addSaved(store, `run-${i}`, 'first', { kind: 'bpe', merges: MERGES });
    const writer = await claimRun(store, `run-${i}`);
    for (const step of [5, 6])
      await writer.keepLight({ step, tokensSeen: 0, activeMs: 0, best: null }, () => Promise.resolve(TENSORS), 2 ** 20);
  }
  await addSaved(store, 'another', 'other');
  await listed(store);
  for (const [prefix, values] of [
    ['runs-index/', 201],
    ['heads/', 201],
    ['curves/', 200],
    ['', 602],
  ] as const) {
    const { store: looked, counted } = counting(store, prefix);
    const rows = await listed(looked);
    expect(rows).toHaveLength(200);
    expect(rows.every(({ bytes }) => bytes === 16)).toBe(true);
    expect(counted.values, prefix).toBe(values);
    expect(counted.bytes, prefix).toBeLessThan(3000 * 201);
    expect(counted.looks).toBeLessThanOrEqual(9);
  }
  for (const id of ['run-0', 'run-199'])
    expect(await readTokenizer(store, (await readRun(store, id))!)).toEqual({ kind: 'bpe', merges: MERGES });
});

test('reads the sizes of all projects with as few accesses', async () => {
  const store = memoryStore();
  for (let i = 0; i < 200; i++) await addSaved(store, `run-${i}`, 'first', { kind: 'bpe', merges: MERGES });
  const { store: looked, counted } = counting(store);
  expect((await measureEverything(looked)).find(({ name }) => name.startsWith('Runs'))).toMatchObject({
    count: 200,
    bytes: 200 * 8,
  });
  expect(counted.looks).toBeLessThanOrEqual(16);
  expect(counted.bytes).toBeLessThan(2500 * 200);
});

test('a project lists its own runs; a full disk stores no curve but hides no run', async () => {
  const store = memoryStore();
  await addSaved(store, 'a');
  await addSaved(store, 'b', 'other');
  const full: BlobStore = { ...store, commit: () => Promise.reject(new Error('full')) };
  expect((await listed(full)).map(({ record, curve }) => [record.id, curve?.step])).toEqual([['a', 4]]);
  expect(await store.keys('curves/')).toEqual([]);
});

test('a removed run is in no list, can be restored whole, and is purged after the undo period', async () => {
  const store = memoryStore();
  await addSaved(store, 'a');
  const before = await listed(store);
  const keys = await store.keys('');
  await removeRun(store, 'a', 1000);
  expect(await listed(store)).toEqual([]);
  await purgeRemoved(store, 1000 + 59_000, holding);
  expect(await store.keys('')).toEqual(keys);
  await restoreRun(store, 'a');
  expect(await listed(store)).toEqual(before);

  await removeRun(store, 'a', 1000);
  await purgeRemoved(store, 1000 + 61_000, holding);
  expect(await store.keys('')).toEqual([]);
});

test('among removed runs, one in use waits for the next start, and a restored one stays', async () => {
  const store = memoryStore();
  for (const id of ['a', 'b', 'c']) {
    await addSaved(store, id);
    await removeRun(store, id, 1000);
  }
  await purgeRemoved(store, 1000 + 61_000, async (id, work) => {
    if (id === 'a') throw new HomegrownError('in-use', 'This run is open in another tab');
    if (id === 'b') await restoreRun(store, id); // in another tab, since it was listed
    await work();
  });
  expect((await listed(store)).map(({ record, step }) => [record.id, step])).toEqual([['b', 4]]);
  expect((await store.keys('runs-index/')).concat(await store.keys('heads/'))).toEqual([
    'runs-index/a',
    'runs-index/b',
    'heads/a',
    'heads/b',
  ]);

  // Restored between the read of its record and the commit.
  let isBack = false;
  const late: BlobStore = {
    ...store,
    async keys(prefix) {
      if (!isBack && prefix === 'journal/a/') await restoreRun(store, 'a');
      isBack ||= prefix === 'journal/a/';
      return store.keys(prefix);
    },
  };
  await purgeRemoved(late, 1000 + 61_000, holding);
  expect(isBack).toBe(true);
  expect((await listed(store)).map(({ record, step }) => [record.id, step])).toHaveLength(2);
});

test('of runs made at the same time, the later import is newer, whatever their ids', async () => {
  const listedIn = async (ids: readonly [string, string, string, string]) => {
    const [original, copy, copyOfCopy, stranger] = ids;
    const store = memoryStore();
    for (const id of ids) await addSaved(store, id);
    const from = (runId: string) => ({ runId, step: 4, how: 'import' as const, name: 'Whale' });
    await updateRun(store, copy, (run) => ({ ...run, parent: from(original) }));
    await updateRun(store, copyOfCopy, (run) => ({ ...run, parent: from(copy) }));
    await updateRun(store, stranger, (run) => ({ ...run, origin: { name: 'theirs.zip', importedAt: 9 } }));
    return (await listed(store)).map(({ record }) => ids.indexOf(record.id));
  };
  for (const ids of [
    ['a', 'b', 'c', 'd'],
    ['d', 'c', 'b', 'a'],
    ['b', 'd', 'a', 'c'],
  ] as const)
    expect(await listedIn(ids)).toEqual([3, 2, 1, 0]);
});

test('a run’s new name stays while the trainer records its progress', async () => {
  const store = memoryStore();
  await addSaved(store, 'a');
  await Promise.all([
    describeRun(store, 'a', { name: 'Ahab', tags: ['x'], note: 'n' }),
    updateRun(store, 'a', (run) => ({ ...run, step: 9 })),
  ]);
  expect(await readRun(store, 'a')).toMatchObject({ name: 'Ahab', tags: ['x'], note: 'n', step: 9 });
  // Each tab passes only its own changes.
  await Promise.all([describeRun(store, 'a', { note: 'white' }), describeRun(store, 'a', { name: 'Moby' })]);
  await describeRun(store, 'a', { tags: [] });
  expect(await readRun(store, 'a')).toMatchObject({ name: 'Moby', tags: [], note: 'white', step: 9 });
});
