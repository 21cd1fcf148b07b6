import { expect, test } from 'vitest';
import { type Json, memoryStore } from '../base/blobStore';
import { claimRun, listSnapshots } from '../checkpoint/checkpoint';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { TrainEvent } from '../train/run';
import { freeRun, keptRuns } from './kept';
import { journalKey, openJournal, readJournal, unreadableInJournal } from './journal';
import { deleteRun, listRuns, readRun, unreadableRuns, writeRun, type RunRecord } from './record';

const record = (id: string, createdAt: number): RunRecord => ({
  version: 1,
  id,
  name: 'Whale',
  createdAt,
  status: 'running',
  step: 0,
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 },
  recipe: { ...DEFAULT_RECIPE, seed: 0 },
  tokenizer: { kind: 'bytes', merges: [] },
  device: null,
  manifest: null,
  data: null,
});
const step = (n: number): TrainEvent => ({
  kind: 'step',
  step: n,
  loss: n === 3 ? NaN : 1 / n,
  learningRate: 1e-3,
  gradientNorm: 1,
  tokensPerSecond: 5,
  activeMs: n,
  memoryBytes: 9,
});
const evaluated = (n: number): TrainEvent => ({
  kind: 'evaluated',
  step: n,
  loss: 2,
  metrics: { bitsPerByte: { value: 1 } },
  activeMs: n,
  sample: 'The <b>',
});
const saved = (n: number): TrainEvent => ({ kind: 'saved', step: n, bytes: 100 });
const kept = (n: number): TrainEvent => ({ kind: 'kept', step: n, bytes: 30 });

test('runs are listed newest first, read back, and leave nothing when deleted', async () => {
  const store = memoryStore();
  for (const [id, at] of [
    ['a', 1],
    ['b', 2],
  ] as const)
    await writeRun(store, record(id, at));
  await (
    await claimRun(store, 'a')
  ).save({
    state: { step: 0, tokensSeen: 0, activeMs: 0, best: null },
    tensors: new Map([['w', { shape: [1], data: Float32Array.of(1) }]]),
  });
  await (await openJournal(store, 'a', 0)).append([step(1)]);
  expect((await listRuns(store)).map(({ id }) => id)).toEqual(['b', 'a']);
  expect(await readRun(store, 'a')).toEqual(record('a', 1));
  expect(await readRun(store, 'c')).toBeUndefined();
  await deleteRun(store, 'a');
  expect(await store.keys('')).toEqual(['runs-index/b']);
});

test('the list of runs says what is kept of each; freed steps leave record and curve, and never look saved', async () => {
  const store = memoryStore();
  await writeRun(store, { ...record('began', 3), status: 'failed' });
  await writeRun(store, { ...record('torn', 2), step: 3 });
  await store.commit({ put: [['heads/torn', 'no head']] });
  await writeRun(store, { ...record('a', 1), step: 3 });
  const writer = await claimRun(store, 'a');
  for (const n of [0, 3]) {
    await writer.save({
      state: { step: n, tokensSeen: 0, activeMs: 0, best: null },
      tensors: new Map([['w', { shape: [2], data: Float32Array.of(1, n) }]]),
    });
  }
  await (await openJournal(store, 'a', 0)).append([evaluated(2), saved(3), { ...evaluated(4), loss: 1 } as TrainEvent]);
  const torn = { id: 'torn', name: 'Whale', createdAt: 2, step: 3, objective: 'causal', loss: null, bytes: null };
  const kept = { id: 'a', name: 'Whale', createdAt: 1, step: 3, objective: 'causal', loss: 2 };
  expect(await keptRuns(store)).toEqual([torn, { ...kept, bytes: 16 }]);

  await freeRun(store, 'a');
  expect(await keptRuns(store)).toEqual([torn, { ...kept, bytes: 0 }]);
  expect(await listSnapshots(store, 'a')).toEqual([]);
  expect((await readRun(store, 'a'))?.step).toBe(3);
  expect(await readJournal(store, 'a')).toHaveLength(3);
  // Whoever still held it can save no more.
  const late = { state: { step: 9, tokensSeen: 0, activeMs: 0, best: null }, tensors: new Map() };
  await expect(writer.save(late)).rejects.toMatchObject({ code: 'in-use' });
});

test('one run whose saved steps cannot be read does not hide the others, and does not pass for one that was freed', async () => {
  const store = memoryStore();
  for (const id of ['newer', 'damaged', 'b']) {
    await writeRun(store, { ...record(id, 1), step: 3 });
    await (
      await claimRun(store, id)
    ).save({
      state: { step: 3, tokensSeen: 0, activeMs: 0, best: null },
      tensors: new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]),
    });
  }
  await store.commit({ put: [['heads/newer', { version: 2 }]] });
  const [manifest = ''] = await store.keys('manifests/damaged/');
  await store.commit({ put: [[manifest, 'torn']] });
  const found = (await keptRuns(store)).map(({ id, bytes }) => [id, bytes]);
  expect(Object.fromEntries(found)).toEqual({ newer: null, damaged: null, b: 8 });
});

test('a recipe from before there was accumulation is one without', async () => {
  const store = memoryStore();
  const { accumulate, recompute, ...old } = record('a', 1).recipe;
  await store.commit({ put: [['runs-index/a', { ...record('a', 1), recipe: old } as never]] });
  expect((await readRun(store, 'a'))?.recipe).toEqual({ ...old, accumulate, recompute });
});

test('a record keeps what the run learnt from before, and where a model is from', async () => {
  const store = memoryStore();
  const data = {
    texts: [{ name: 'a.txt', characters: 5, sha256: 'a'.repeat(64) }],
    textHash: 'a',
    trainTokens: 4,
    trainBytes: 4,
    validationTokens: 1,
    validationBytes: 1,
    validationShare: 0.1,
    eachText: true as const,
    unigramLoss: 3,
  };
  const whole: RunRecord = {
    ...record('a', 1),
    earlier: [
      { until: 5, data: null },
      { until: 9, data },
    ],
    origin: { name: 'theirs.zip', importedAt: 7 },
  };
  await writeRun(store, whole);
  expect(await readRun(store, 'a')).toEqual(whole);
  await writeRun(store, { ...whole, origin: { name: 'theirs.zip', importedAt: 1e300 } });
  await expect(readRun(store, 'a')).rejects.toThrow(/run a cannot be read/);
});

test('a damaged record is refused by name and not listed', async () => {
  const store = memoryStore();
  await store.commit({ put: [['runs-index/x', { ...record('x', 1), model: { id: 'gpt' } } as never]] });
  await expect(readRun(store, 'x')).rejects.toThrow(/run x cannot be read/);
  const impossible = record('y', 1);
  impossible.model.config.layers = 1e9;
  await writeRun(store, impossible);
  await expect(readRun(store, 'y')).rejects.toThrow(/Layers/);
  expect(await listRuns(store)).toEqual([]);
});

test('the curve comes back in order, also over many batches', async () => {
  const store = memoryStore();
  const writer = await openJournal(store, 'r', 0);
  const expected: TrainEvent[] = [];
  for (let n = 1; n <= 2500; n += 5) {
    const events = [
      step(n),
      step(n + 1),
      evaluated(n + 1),
      kept(n + 1),
      saved(n + 1),
      step(n + 2),
      step(n + 3),
      step(n + 4),
    ];
    await writer.append([{ kind: 'compiling' }, ...events]);
    expected.push(...events);
  }
  expect(await readJournal(store, 'r')).toEqual(expected);
  expect((await store.keys('journal/')).length).toBe(4);
});

test('a resume forgets what was recorded beyond the saved step, and goes on from there', async () => {
  const store = memoryStore();
  const writer = await openJournal(store, 'r', 0);
  for (let n = 1; n <= 3000; n++) await writer.append([step(n)]);
  const resumed = await openJournal(store, 'r', 1500);
  expect((await readJournal(store, 'r')).length).toBe(1500);
  await resumed.append([step(1501), evaluated(1501)]);
  const again = await openJournal(store, 'r', 1501);
  await again.append([step(1502)]);
  const events = await readJournal(store, 'r');
  expect(events.slice(-3)).toEqual([step(1501), evaluated(1501), step(1502)]);
  await openJournal(store, 'r', 0);
  expect(await readJournal(store, 'r')).toEqual([]);
});

test('what a step costs comes back where it is known, beside rows from before it was', async () => {
  const store = memoryStore();
  const events = [step(1), { ...step(2), plannedBytes: 8, encodeMs: 0.5 }, { ...step(3), encodeMs: 0.5, gpuMs: 2 }];
  await (await openJournal(store, 'r', 0)).append(events);
  expect(await readJournal(store, 'r')).toEqual(events);
  const { steps } = (await store.get(journalKey('r', 0))) as { steps: number[][] };
  expect(steps.map((row) => row.length)).toEqual([7, 10, 10]);
});

test('runs that cannot be read are told by where they lie and why, also one whose record is gone', async () => {
  const store = memoryStore();
  await writeRun(store, record('whole', 1));
  await store.commit({
    put: [
      ['runs-index/torn', 'x'],
      ['runs-index/newer', { ...record('newer', 1), version: 2 } as never],
      ['runs-index/moved', record('whole', 1) as never],
      ['heads/gone', { latest: null, previous: null, best: null, damaged: [], epoch: 1 }],
    ],
  });
  expect((await listRuns(store)).map(({ id }) => id)).toEqual(['whole']);
  expect((await unreadableRuns(store)).map(({ key, failure }) => [key, failure.code])).toEqual([
    ['runs-index/gone', 'storage-damaged'],
    ['runs-index/moved', 'storage-damaged'],
    ['runs-index/newer', 'newer-version'],
    ['runs-index/torn', 'storage-damaged'],
  ]);
});

test('a date that no calendar has is brought to one when it is read', async () => {
  const store = memoryStore();
  for (const [at, expected] of [
    [1e300, '9999-12-31'],
    [-5.5, '1970-01-01'],
  ] as const) {
    await writeRun(store, record('a', at));
    expect(new Date((await readRun(store, 'a'))!.createdAt).toISOString().slice(0, 10)).toBe(expected);
  }
});

test('a part of the curve that cannot be read is neither written over nor dropped', async () => {
  for (const torn of ['x', { version: 2 }, Uint8Array.of(1)]) {
    for (const place of [0, 1, 2]) {
      const store = memoryStore();
      const writer = await openJournal(store, 'r', 0);
      for (let n = 1; n <= 2500; n++) await writer.append([step(n)]);
      const key = journalKey('r', place);
      await store.commit({ put: [[key, torn]] });
      expect(await unreadableInJournal(store, 'r')).toMatchObject([{ key }]);
      const resumed = await openJournal(store, 'r', 1500);
      for (let n = 1501; n <= 4000; n++) await resumed.append([step(n)]);
      expect(await store.get(key)).toEqual(torn);
      const steps = (await readJournal(store, 'r')).map((event) => (event.kind === 'step' ? event.step : 0));
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      expect(new Set(steps).size).toBe(steps.length);
      expect(steps.filter((n) => n > 1500)).toHaveLength(2500);
    }
  }
});

test('a curve of a build that measured bits per byte alone is read, and one of metrics that this build does not know', async () => {
  const store = memoryStore();
  const evaluated = { kind: 'evaluated', step: 0, loss: 5.5, activeMs: 1, sample: 'T' };
  const others = [
    { ...evaluated, bitsPerByte: 7.9 },
    { ...evaluated, step: 1, bitsPerByte: null },
    { ...evaluated, step: 2, metrics: { tomorrow: { value: 3, low: 2, high: null, how: 'otherwise' }, odd: ['x'] } },
  ];
  await store.commit({ put: [[journalKey('a', 0), { steps: [], others }]] });
  const metrics = (await readJournal(store, 'a')).map((event) => event.kind === 'evaluated' && event.metrics);
  expect(metrics).toEqual([
    { bitsPerByte: { value: 7.9 } },
    { bitsPerByte: { value: NaN } },
    { tomorrow: { value: 3, low: 2, high: NaN } },
  ]);
  // What goes on with the curve keeps them.
  await (await openJournal(store, 'a', 2)).append([step(3)]);
  const kept = (await readJournal(store, 'a')).flatMap((event) => (event.kind === 'evaluated' ? [event.metrics] : []));
  expect(kept).toEqual(metrics);
  expect(await unreadableInJournal(store, 'a')).toEqual([]);
});

test('a run from before there were objectives learns the next token', async () => {
  const store = memoryStore();
  const { objective: _, ...before } = DEFAULT_RECIPE;
  await store.commit({ put: [['runs-index/a', { ...record('a', 1), recipe: before } as unknown as Json]] });
  expect((await readRun(store, 'a'))!.recipe).toEqual(DEFAULT_RECIPE);
});
