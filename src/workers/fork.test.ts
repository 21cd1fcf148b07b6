/**
 * Forks from a checkpoint of another run, and runs that resume with other settings, over the GPU worker's real half,
 * on WASM.
 */
import { expect, test } from 'vitest';
import { type BlobStore, type Stored } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { claimRun, listSnapshots, loadSnapshot } from '../core/checkpoint/checkpoint';
import type { Snapshot } from '../core/checkpoint/snapshot';
import type { Shown } from '../core/objectives/shown';
import { readJournal } from '../core/runs/journal';
import { purgeRun, readRun, type RunRecord } from '../core/runs/record';
import { removeRun, type RunRow, runRows } from '../core/runs/rows';
import { recipeOf } from '../core/runs/segments';
import type { TestStudio } from '../testing/behindChannels';
import type { Begin } from '../testing/smallRuns';
import { eachSmallStudio } from '../testing/eachSmallStudio';
import type { Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import type { ForkInput } from '../protocol/gpu';

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
const SMALL = { steps: 12, saveEvery: 6, evalEvery: 6, warmup: 2 };
const restore = eachSmallStudio((fresh) => ({ store, worker, of } = fresh), {
  none: () => Promise.resolve(),
  parent: (studio) => studio.worker.gpu.call('begin', studio.of('parent', SMALL)),
});

const parent = async (): Promise<RunRecord> => {
  await restore('parent');
  return (await readRun(store, 'parent'))!;
};
const forked = async (
  record: RunRecord,
  step: number,
  recipe: Partial<Recipe> = {},
  runId = 'child',
): Promise<Snapshot> => {
  const input: ForkInput = {
    runId,
    projectId: 'first',
    name: 'Child',
    createdAt: 2,
    from: { runId: 'parent', step },
    recipe: { ...recipeOf(record), ...recipe },
  };
  await worker.gpu.call('fork', input);
  return (await loadSnapshot(store, runId)).snapshot;
};
const losses = async (runId: string): Promise<readonly (readonly [number, number])[]> =>
  (await readJournal(store, runId)).flatMap((e) => (e.kind === 'step' ? [[e.step, e.loss] as const] : []));

test('a fork with the same settings has the same bits as its parent run, and opens without the parent', async () => {
  const record = await parent();
  const { snapshot: end } = await loadSnapshot(store, 'parent');
  const child = await forked(record, 6);
  expect(child.tensors).toEqual(end.tensors);
  expect(await losses('child')).toEqual((await losses('parent')).slice(6));
  expect(await readRun(store, 'child')).toMatchObject({
    name: 'Child',
    step: 12,
    status: 'finished',
    parent: { runId: 'parent', step: 6, how: 'fork', name: 'parent' },
    segments: [{ after: 0 }],
  });
  expect((await readRun(store, 'child'))!.segments).toHaveLength(1);
  expect((await readRun(store, 'child'))!.hue).not.toBe(record.hue);

  await purgeRun(store, 'parent');
  await worker.gpu.call('resume', { runId: 'child', steps: 14 });
  expect((await loadSnapshot(store, 'child')).snapshot.state.step).toBe(14);
}, 120_000);

test('a fork with other settings diverges from its step on, and starts a segment', async () => {
  const record = await parent();
  const child = await forked(record, 6, { learningRate: 0.01, samplePrompt: 'A' });
  const [same, other] = [await losses('parent'), await losses('child')];
  expect(other[0]).toEqual(same[6]); // computed before the first update with another rate
  expect(other[1]).not.toEqual(same[7]);
  expect(child.state.momentsFrom).toBeUndefined();
  const { segments, parent: from } = (await readRun(store, 'child'))!;
  expect(segments).toMatchObject([
    { after: 0, recipe: record.segments[0].recipe },
    { after: 6, why: 'recipe', recipe: { learningRate: 0.01 } },
  ]);
  expect(from).not.toHaveProperty('momentsAtZero');
}, 120_000);

test('a fork of weights alone, or with another optimizer, starts with zero moments, and records that', async () => {
  const record = await parent();
  const { snapshot } = await loadSnapshot(store, 'parent', 12);
  const weights = new Map([...snapshot.tensors].filter(([name]) => !name.startsWith('adam.')));
  const state = { ...snapshot.state, step: 9, best: null };
  await (await claimRun(store, 'parent')).keepLight(state, () => Promise.resolve(weights), 1e9);
  expect((await listSnapshots(store, 'parent')).find(({ step }) => step === 9)).toMatchObject({ holds: 'weights' });

  for (const [id, step, change] of [
    ['light', 9, {}],
    ['other', 6, { optimizer: 'sgd' }],
  ] as const) {
    const child = await forked(record, step, change, id);
    expect(child.state.momentsFrom).toBe(step);
    expect((await readRun(store, id))!.parent).toMatchObject({ step, momentsAtZero: true });
    expect([...child.tensors.keys()].some((name) => name.startsWith('adam.'))).toBe(id === 'light');
    for (const kept of await listSnapshots(store, id)) if (!kept.best && !kept.light) expect(kept.holds).toBe('all');
  }
}, 120_000);

test('a fork of a run with weight averaging has equal bits, and without averaging continues from the weights', async () => {
  await worker.gpu.call('begin', of('parent', { ...SMALL, emaDecay: 0.9 }));
  const record = (await readRun(store, 'parent'))!;
  const { snapshot: whole } = await loadSnapshot(store, 'parent', 12);
  expect((await forked(record, 6, {}, 'same')).tensors).toEqual(whole.tensors);
  const plain = await forked(record, 6, { emaDecay: 0 }, 'plain');
  for (const [name, { data }] of plain.tensors)
    expect(data, name).toEqual((whole.tensors.get(`raw.${name}`) ?? whole.tensors.get(name))!.data);
}, 120_000);

test('a fork that cannot start leaves nothing behind, and its parent run stays unchanged', async () => {
  const record = await parent();
  const before = await store.keys('');
  await expect(forked(record, 7)).rejects.toMatchObject({ code: 'storage-damaged' });
  expect(await store.keys('')).toEqual(before);
}, 120_000);

test('a run that resumes with another rate starts a segment, and one with more steps doesn’t', async () => {
  await parent();
  await worker.gpu.call('resume', { runId: 'parent', steps: 14 });
  expect((await readRun(store, 'parent'))!.segments).toMatchObject([{ after: 0, recipe: { steps: 14 } }]);
  const { recipe } = (await readRun(store, 'parent'))!.segments[0];
  await worker.gpu.call('resume', { runId: 'parent', recipe: { ...recipe, learningRate: 0.02, steps: 16 } });
  const { segments, step } = (await readRun(store, 'parent'))!;
  expect(step).toBe(16);
  expect(segments).toMatchObject([
    { after: 0, recipe: { steps: 14 } },
    { after: 14, why: 'recipe', recipe: { learningRate: 0.02, steps: 16 } },
  ]);
}, 120_000);

test('requests during training are events of the run, and its bits equal those of a run without requests', async () => {
  // Steps enough that both questions arrive while it trains.
  const settings = { ...SMALL, steps: 150, saveEvery: 150, evalEvery: 150 };
  await worker.gpu.call('begin', of('quiet', settings));
  let isAsked = false;
  await worker.gpu.call('begin', of('busy', settings), {
    onProgress(events) {
      if (isAsked || !events.some(({ kind }) => kind === 'step')) return;
      isAsked = true;
      void worker.gpu.call('ask', { runId: 'busy', asked: { what: 'evaluate' } });
      void worker.gpu.call('ask', { runId: 'busy', asked: { what: 'sample', prompt: 'The whale' } });
    },
  });
  const journal = await readJournal(store, 'busy');
  const sampled = journal.find((event) => event.kind === 'sampled');
  expect(sampled).toMatchObject({ prompt: 'The whale', sample: expect.stringMatching(/^The whale/) as string });
  expect(journal.filter(({ kind }) => kind === 'evaluated')).toHaveLength(3);
  expect(await losses('busy')).toEqual(await losses('quiet'));
  const [busy, quiet] = await Promise.all(['busy', 'quiet'].map((id) => loadSnapshot(store, id)));
  expect(busy!.snapshot.tensors).toEqual(quiet!.snapshot.tensors);
}, 120_000);

test('a stopped run answers from its newest checkpoint as training would have, and its journal keeps the answer', async () => {
  const settings = { ...SMALL, evalEvery: 100, saveEvery: 6 };
  await worker.gpu.call('begin', of('parent', settings));
  const words = (shown: Shown): string => (typeof shown === 'string' ? shown : JSON.stringify(shown));
  const eventsOf = async (): Promise<string[]> =>
    (await readJournal(store, 'parent')).flatMap((e) =>
      e.kind === 'evaluated'
        ? [`${e.step} ${e.loss} ${words(e.sample)} ${e.activeMs}`]
        : e.kind === 'sampled'
          ? [`${e.step} ${words(e.sample)}`]
          : [],
    );
  const before = await eventsOf();
  const curve = await runRows(store, 'first', () => undefined);
  expect(curve[0]?.curve?.evaluations.step).toEqual(Float64Array.of(0, 12));
  const again = await worker.gpu.call('ask', { runId: 'parent', asked: { what: 'evaluate' } });
  expect(again).toMatchObject([{ kind: 'evaluated', step: 12 }]);
  // Bit for bit what the run itself measured and wrote there, at the same training time.
  expect(await eventsOf()).toEqual([...before, before.at(-1)]);
  const [sampled] = await worker.gpu.call('ask', { runId: 'parent', asked: { what: 'sample', prompt: 'The whale' } });
  expect(sampled).toMatchObject({ kind: 'sampled', step: 12, prompt: 'The whale' });
  expect((await eventsOf()).at(-1)).toMatch(/^12 The whale/);
  expect((await loadSnapshot(store, 'parent')).snapshot.state.step).toBe(12);
  await worker.gpu.call('resume', { runId: 'parent', steps: 14 });
  expect((await eventsOf()).filter((line) => line.startsWith('12 '))).toHaveLength(3);
}, 120_000);

test('a stopped run is listed with measurements after its last save, even if it was listed before them', async () => {
  const stop = new AbortController();
  const listed = async () => (await runRows(store, 'first', () => undefined))[0]!;
  const early: Promise<RunRow>[] = [];
  const onProgress = (events: readonly TrainEvent[]): void => {
    if (events.some(({ kind }) => kind === 'step')) stop.abort();
    if (events.some((event) => event.kind === 'saved' && event.step > 0)) early.push(listed());
  };
  await worker.gpu.call('begin', of('parent', { steps: 2000, saveEvery: 2000, evalEvery: 2000 }), {
    signal: stop.signal,
    onProgress,
  });
  const before = await Promise.all(early);
  const { step, curve } = await listed();
  expect(before.map((row) => row.step)).toEqual([step]);
  expect(curve!.evaluations.step).toEqual(Float64Array.of(0, step));
}, 120_000);

test('a run resumes with another optimizer, whose state starts at zero, and with its own with its old state', async () => {
  const record = await parent();
  const recipe = { ...recipeOf(record), optimizer: 'sgd' as const, learningRate: 0.1, steps: 14 };
  await worker.gpu.call('resume', { runId: 'parent', recipe });
  const { snapshot } = await loadSnapshot(store, 'parent');
  expect(snapshot.state).toMatchObject({ step: 14, momentsFrom: 12 });
  expect([...snapshot.tensors.keys()].some((name) => name.startsWith('adam.'))).toBe(false);
  expect((await readRun(store, 'parent'))!.segments.at(-1)).toMatchObject({ after: 12, recipe: { optimizer: 'sgd' } });
  await worker.gpu.call('resume', { runId: 'parent', steps: 16 });
  expect((await loadSnapshot(store, 'parent')).snapshot.state).toMatchObject({ step: 16, momentsFrom: 12 });
}, 120_000);

test('a deleted run doesn’t resume: the error says what to do, and its record stays unchanged', async () => {
  await parent();
  await removeRun(store, 'parent', 7);
  const before = await readRun(store, 'parent');
  await expect(worker.gpu.call('resume', { runId: 'parent', steps: 14 })).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringMatching(/parent was deleted/) as string,
    remedy: expect.stringMatching(/[Uu]ndo/) as string,
  });
  expect(await readRun(store, 'parent')).toEqual(before);
}, 120_000);

test('a run that can’t resume leaves its record unchanged', async () => {
  const record = await parent();
  const recipe = { ...recipeOf(record), learningRate: 0.02, steps: 16 };
  const commit = store.commit.bind(store);
  for (const cause of ['heads/', 'data/']) {
    const kept: (readonly [string, Stored])[] = [];
    if (cause === 'data/') for (const key of await store.keys('data/')) kept.push([key, (await store.get(key))!]);
    await commit({ drop: kept.map(([key]) => key) });
    store.commit = (change) => {
      const put = [...(change.put ?? [])];
      if (put.some(([key]) => key.startsWith(cause))) throw new HomegrownError('storage-full', 'The storage is full');
      return commit({ ...change, put });
    };
    await expect(worker.gpu.call('resume', { runId: 'parent', recipe })).rejects.toMatchObject({
      code: cause === 'data/' ? 'storage-damaged' : 'storage-full',
    });
    expect(await readRun(store, 'parent')).toEqual(record);
    store.commit = commit;
    await commit({ put: kept });
  }
}, 120_000);

test('a run that fails before its first step keeps its old settings; after the first step it keeps the new ones', async () => {
  const record = await parent();
  const recipe = { ...recipeOf(record), learningRate: 0.02, steps: 16 };
  const commit = store.commit.bind(store);
  // All shards of its data are missing, which shows when the first batch is read.
  const shards = await Promise.all(
    (await store.keys('shards/'))
      .filter((key) => /train\/\d+$/.test(key))
      .map(async (key) => [key, (await store.get(key))!] as const),
  );
  await commit({ drop: shards.map(([key]) => key) });
  await expect(worker.gpu.call('resume', { runId: 'parent', recipe })).rejects.toMatchObject({
    code: 'storage-damaged',
  });
  expect(await readRun(store, 'parent')).toEqual({ ...record, status: 'failed' });

  await commit({ put: shards });
  store.commit = (change) => {
    const put = [...(change.put ?? [])];
    if (put.some(([key]) => key.startsWith('manifests/parent/16')))
      throw new HomegrownError('storage-full', 'It is full');
    return commit({ ...change, put });
  };
  await expect(worker.gpu.call('resume', { runId: 'parent', recipe })).rejects.toMatchObject({ code: 'storage-full' });
  expect((await readRun(store, 'parent'))!.segments).toMatchObject([
    { after: 0 },
    { after: 12, recipe: { learningRate: 0.02 } },
  ]);
}, 120_000);
