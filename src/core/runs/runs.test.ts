import { temperatureAt } from './settings';
import { expect, test } from 'vitest';
import { type BlobStore, type Json, memoryStore } from '../base/blobStore';
import { claimRun, listSnapshots } from '../checkpoint/checkpoint';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { TrainEvent } from '../train/run';
import { freeRun } from './free';
import { journalKey, openJournal, readJournal, unreadableInJournal } from './journal';
import { runRecord } from '../../testing/runRecord';
import { runRows } from './rows';
import { addRun, freeHue, listRuns, purgeRun, readRun, type RunRecord, unreadableRuns, updateRun } from './record';

const rows = (store: BlobStore) => runRows(store, 'first', () => undefined);
const record = (id: string, createdAt: number): RunRecord => runRecord({ id, createdAt });
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

test('lists runs newest first, reads them back, and leaves nothing when they are deleted', async () => {
  const store = memoryStore();
  for (const [id, at] of [
    ['a', 1],
    ['b', 2],
  ] as const)
    await addRun(store, record(id, at));
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
  await purgeRun(store, 'a');
  expect(await store.keys('')).toEqual(['runs-index/b']);
});

test('the list shows the saved steps of each run; freed steps leave record and curve, and never look saved', async () => {
  const store = memoryStore();
  await addRun(store, { ...record('began', 3), status: 'failed' });
  await addRun(store, { ...record('torn', 2), step: 3 });
  await store.commit({ put: [['heads/torn', 'no head']] });
  await addRun(store, { ...record('a', 1), step: 3 });
  const writer = await claimRun(store, 'a');
  for (const n of [0, 3]) {
    await writer.save({
      state: { step: n, tokensSeen: 0, activeMs: 0, best: null },
      tensors: new Map([['w', { shape: [2], data: Float32Array.of(1, n) }]]),
    });
  }
  await (await openJournal(store, 'a', 0)).append([evaluated(2), saved(3), { ...evaluated(4), loss: 1 } as TrainEvent]);
  const listed = async () =>
    (await rows(store)).map(({ record: { id }, curve, bytes }) => [id, curve && [...curve.evaluations.loss], bytes]);
  expect(await listed()).toEqual([
    ['torn', [], null],
    ['a', [2], 16],
  ]);

  await freeRun(store, 'a');
  expect(await listed()).toEqual([
    ['torn', [], null],
    ['a', [2], 0],
  ]);
  expect(await listSnapshots(store, 'a')).toEqual([]);
  expect((await readRun(store, 'a'))?.step).toBe(3);
  expect(await readJournal(store, 'a')).toHaveLength(3);
  // A former holder can no longer save.
  const late = { state: { step: 9, tokensSeen: 0, activeMs: 0, best: null }, tensors: new Map() };
  await expect(writer.save(late)).rejects.toMatchObject({ code: 'in-use' });
});

test("a run with unreadable steps doesn't hide the others, and doesn't look freed", async () => {
  const store = memoryStore();
  for (const id of ['newer', 'damaged', 'b']) {
    await addRun(store, { ...record(id, 1), step: 3 });
    await (
      await claimRun(store, id)
    ).save({
      state: { step: 3, tokensSeen: 0, activeMs: 0, best: null },
      tensors: new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]),
    });
  }
  await store.commit({ put: [['heads/newer', { version: 99 }]] });
  await store.commit({ drop: await store.keys('manifests/damaged/') });
  const found = (await rows(store)).map(({ record: { id }, bytes }) => [id, bytes]);
  expect(Object.fromEntries(found)).toEqual({ newer: null, damaged: null, b: 8 });
});

/** Records of the first version. */
const old = (id: string, given: Record<string, Json> = {}): Json => {
  const { name, createdAt, status, step, model, tokenizer, device } = record(id, 1);
  const same = { id, name, createdAt, status, step, model, tokenizer, device } as unknown as Record<string, Json>;
  return { ...same, version: 1, recipe: DEFAULT_RECIPE, manifest: null, data: null, ...given };
};
const asStored = async (value: Json, id = 'a') => {
  const store = memoryStore();
  await store.commit({ put: [[`runs-index/${id}`, value]] });
  return store;
};

test('reads a recipe from before accumulation and objectives without them', async () => {
  const { accumulate: _, objective: __, recompute: ___, ...before } = DEFAULT_RECIPE;
  const store = await asStored(old('a', { recipe: before }));
  expect(await readRun(store, 'a')).toMatchObject({ objective: 'causal', segments: [{ recipe: DEFAULT_RECIPE }] });
});

const TEXTS = [{ name: 'a.txt', characters: 5, sha256: 'a'.repeat(64) }];
const OLD_FACTS = {
  textHash: 'a',
  trainTokens: 4,
  trainBytes: 5,
  validationTokens: 1,
  validationBytes: 2,
  validationShare: 0.2,
  unigramLoss: 3,
};

test('reads a record of the first version as a current one, with its data by id, and writes it back as such', async () => {
  const manifest = { train: { counts: { key: 'shards/0123/train/counts', sha256: '' } } };
  const data = { ...OLD_FACTS, texts: [...TEXTS, ...TEXTS] };
  const earlier = [
    { until: 5, data: null },
    { until: 9, data: { ...data, eachText: true } },
  ];
  const origin = { name: 'theirs.zip', importedAt: 7 };
  const store = await asStored(old('a', { manifest, data, earlier, origin, step: 12, status: 'stopped' }));
  const facts = {
    texts: data.texts,
    textHash: 'a',
    split: { rule: 'end', validation: 0.2, test: 0, seed: 0 },
    parts: { train: { tokens: 4, bytes: 5 }, validation: { tokens: 1, bytes: 2 } },
    unigramLoss: 3,
  };
  const recipe = DEFAULT_RECIPE;
  const read = await readRun(store, 'a');
  expect(read).toEqual(
    runRecord({
      step: 12,
      status: 'stopped',
      hue: read!.hue,
      origin,
      segments: [
        { after: 0, recipe, data: { id: null, facts: null } },
        {
          after: 5,
          recipe,
          data: { id: null, facts: { ...facts, split: { ...facts.split, rule: 'ends' } } },
          why: 'data',
        },
        { after: 9, recipe, data: { id: '0123', facts }, why: 'data' },
      ] as unknown as RunRecord['segments'],
    }),
  );
  await updateRun(store, 'a', (run) => ({ ...run, name: 'Queequeg' }));
  expect(await store.get('runs-index/a')).toMatchObject({ version: 5, name: 'Queequeg' });
  expect(await readRun(store, 'a')).toEqual({ ...read, name: 'Queequeg' });
});

test('opens a record of the third version; trainable weights require a base, and a base requires trainable weights', async () => {
  const { version: _, ...now } = runRecord({ id: 'a' });
  const stored = (more: object) => asStored({ ...now, version: 3, ...more } as never);
  expect(await readRun(await stored({}), 'a')).toEqual(runRecord({ id: 'a', tokenizer: now.tokenizer }));
  const [trainable, base] = [{ weights: ['transformer.wte.weight'] }, 'a'.repeat(64)];
  expect(await readRun(await stored({ trainable, base, version: 4 }), 'a')).toMatchObject({ trainable, base });
  for (const odd of [{ trainable }, { base }, { trainable, base: 'a' }, { old: {} }])
    await expect(readRun(await stored(odd), 'a')).rejects.toMatchObject({ code: 'storage-damaged' });
  await expect(readRun(await stored({ version: 6 }), 'a')).rejects.toMatchObject({ code: 'newer-version' });
});

test('refuses an invalid record of the first version, whatever is invalid', async () => {
  const data = { ...OLD_FACTS, texts: TEXTS };
  expect(await readRun(await asStored(old('a', { data })), 'a')).toBeDefined();
  const odd: Record<string, Json>[] = [
    { data: { ...data, trainTokens: -1 } },
    { data: { ...data, more: 1 } },
    { data: 'torn' },
    { recipe: { ...DEFAULT_RECIPE, steps: -1 } },
    { recipe: null },
    { manifest: { train: 'torn' } },
    { manifest: 'torn' },
    { earlier: [{ until: 0, data: null }] },
    {
      earlier: [
        { until: 9, data: null },
        { until: 5, data: null },
      ],
    },
    { earlier: 'torn' },
    { more: 1 },
  ];
  for (const given of odd)
    await expect(readRun(await asStored(old('a', given)), 'a'), JSON.stringify(given)).rejects.toThrow(/run a cannot/);
});

test('the hue of a record of the first version is valid and never changes', async () => {
  for (const id of ['a', 'b', 'c', '9f', 'zz']) {
    const [one, other] = await Promise.all(
      [1, 2].map(async () => (await readRun(await asStored(old(id), id), id))!.hue),
    );
    expect(one).toBe(other);
  }
});

test('keeps both of two concurrent changes of a record', async () => {
  const store = memoryStore();
  await addRun(store, record('a', 1));
  let hasComeBetween = false;
  const between: BlobStore = {
    ...store,
    async commit(change) {
      if (!hasComeBetween) {
        hasComeBetween = true;
        await updateRun(store, 'a', (run) => ({ ...run, name: 'Queequeg', tags: ['keep'] }));
      }
      return store.commit(change);
    },
  };
  await updateRun(between, 'a', (run) => ({ ...run, step: 7 }));
  expect(await readRun(store, 'a')).toMatchObject({ name: 'Queequeg', tags: ['keep'], step: 7 });
  await expect(updateRun(store, 'b', (run) => run)).rejects.toThrow('There is no run b');
  await expect(addRun(store, record('a', 2))).rejects.toMatchObject({ code: 'in-use' });
});

test('a new run has the least used hue of its project', async () => {
  const store = memoryStore();
  for (const hue of [1, 2, 2, 4])
    await addRun(store, runRecord({ id: `r${hue}${await freeHue(store, 'first')}`, hue }));
  expect(await freeHue(store, 'first')).toBe(3);
  expect(await freeHue(store, 'other')).toBe(1);
});

test("refuses a damaged record by name and doesn't list it", async () => {
  const store = memoryStore();
  await store.commit({ put: [['runs-index/x', { ...record('x', 1), model: { id: 'gpt' } } as never]] });
  await expect(readRun(store, 'x')).rejects.toThrow(/run x cannot be read/);
  const { model } = record('y', 1);
  const impossible = runRecord({ id: 'y', model: { ...model, config: { ...model.config, layers: 1e9 } } });
  await addRun(store, impossible);
  await expect(readRun(store, 'y')).rejects.toThrow(/Layers/);
  expect(await listRuns(store)).toEqual([]);
});

test('reads the curve back in order, also over many batches', async () => {
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
    await writer.append([{ kind: 'compiling' }, { kind: 'shown', step: n + 1, sample: 'x' }, ...events]);
    expected.push(...events);
  }
  expect(await readJournal(store, 'r')).toEqual(expected);
  expect((await store.keys('journal/')).length).toBe(4);
});

test('a resumed run drops events beyond the saved step, and continues from there', async () => {
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

test('reads the costs of steps where known, after rows from before they were recorded', async () => {
  const store = memoryStore();
  const events = [step(1), { ...step(2), plannedBytes: 8, encodeMs: 0.5 }, { ...step(3), encodeMs: 0.5, gpuMs: 2 }];
  await (await openJournal(store, 'r', 0)).append(events);
  expect(await readJournal(store, 'r')).toEqual(events);
  const { steps } = (await store.get(journalKey('r', 0))) as { steps: number[][] };
  expect(steps.map((row) => row.length)).toEqual([7, 10, 10]);
});

test('lists unreadable runs with their keys and reasons, also one whose record is missing', async () => {
  const store = memoryStore();
  await addRun(store, record('whole', 1));
  await store.commit({
    put: [
      ['runs-index/torn', 'x'],
      ['runs-index/newer', { ...record('newer', 1), version: 99 } as never],
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

test('replaces an impossible date when reading it', async () => {
  for (const [at, expected] of [
    [1e300, '9999-12-31'],
    [-5.5, '1970-01-01'],
  ] as const) {
    const store = memoryStore();
    await addRun(store, record('a', at));
    expect(new Date((await readRun(store, 'a'))!.createdAt).toISOString().slice(0, 10)).toBe(expected);
  }
});

test('neither overwrites nor drops an unreadable part of the curve', async () => {
  const written = memoryStore();
  const writer = await openJournal(written, 'r', 0);
  for (let n = 1; n <= 2500; n++) await writer.append([step(n)]);
  const batches = await Promise.all(
    (await written.keys('')).map(async (key) => [key, await written.get(key)] as const),
  );
  for (const torn of ['x', { version: 2 }, Uint8Array.of(1)]) {
    for (const place of [0, 1, 2]) {
      const store = memoryStore();
      await store.commit({ put: batches.map(([key, value]) => [key, value!]) });
      const key = journalKey('r', place);
      await store.commit({ put: [[key, torn]] });
      expect(await unreadableInJournal(store, 'r')).toMatchObject([{ key }]);
      const resumed = await openJournal(store, 'r', 1500);
      for (let n = 1501; n <= 4000; n += 25) await resumed.append(Array.from({ length: 25 }, (_, i) => step(n + i)));
      expect(await store.get(key)).toEqual(torn);
      const steps = (await readJournal(store, 'r')).map((event) => (event.kind === 'step' ? event.step : 0));
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      expect(new Set(steps).size).toBe(steps.length);
      expect(steps.filter((n) => n > 1500)).toHaveLength(2500);
    }
  }
});

test("reads a curve of a build that only had bits per byte, and one with metrics that this build doesn't know", async () => {
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
  // Later writes of the curve keep the metrics.
  await (await openJournal(store, 'a', 2)).append([step(3)]);
  const kept = (await readJournal(store, 'a')).flatMap((event) => (event.kind === 'evaluated' ? [event.metrics] : []));
  expect(kept).toEqual(metrics);
  expect(await unreadableInJournal(store, 'a')).toEqual([]);
});

test('a temperature applies only to the step that it was fitted at', () => {
  const decision = { temperature: 2.5, atLeast: 0.5, step: 900 };
  expect([temperatureAt(decision, 900), temperatureAt(decision, 300)]).toEqual([2.5, 1]);
  expect(temperatureAt({ temperature: 2.5, atLeast: 0.5 }, 300)).toBe(2.5);
});
