/** Pages over a store with arbitrary content, and two pages over one store, with real worker implementations. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore, type BlobStore, type Stored } from '../core/base/blobStore';
import { claimRun } from '../core/checkpoint/checkpoint';
import { openJournal } from '../core/runs/journal';
import { initialProject } from '../core/runs/project';
import { addRun } from '../core/runs/record';
import { lonelyLocks } from '../testing/behindChannels';
import { FINISHED, goldenStoreOf, spoil, STOPPED } from '../testing/goldenPage';
import { runRecord } from '../testing/runRecord';
import { type Browser, browserOver } from '../testing/tabs';
import { seen } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { beginRefusal, resumeRefusal, startRefusal, TRAINING_ELSEWHERE } from './refusals';
import { modelNeed } from './need';
import { propertyRuns } from '../testing/propertyRuns';

let browser: Browser | undefined;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => browser?.close());

const RECIPE = { ...DEFAULT_RECIPE, steps: 500 };
/** A run whose record says step 300, with steps 250 and 300 saved. */
async function withRun(): Promise<BlobStore> {
  const store = memoryStore();
  await addRun(store, runRecord({ id: 'r', status: 'stopped', step: 300, recipe: RECIPE, data: { id: 'd' } }));
  const writer = await claimRun(store, 'r');
  for (const step of [250, 300]) {
    const tensors = new Map([['w', { shape: [1], data: Float32Array.of(step) }]]);
    await writer.save({ state: { step, tokensSeen: 1, activeMs: 1, best: null }, tensors });
  }
  await (await openJournal(store, 'r', 0)).append([{ kind: 'saved', step: 300, bytes: 4 }]);
  await store.commit({ put: [['projects/first', { ...initialProject(), name: 'Whale', runId: 'r' } as never]] });
  return store;
}
const loaded = async (store: BlobStore) => {
  browser?.close();
  browser = browserOver(store);
  const { getState } = browser.tab().studio;
  await getState().load();
  await getState().listUnreadable();
  return seen(getState());
};
const keyOf = async (store: BlobStore, prefix: string) => (await store.keys(prefix))[0]!;

test('the saved step follows readable checkpoints, never the record alone', async () => {
  const store = await withRun();
  expect(await loaded(store)).toMatchObject({
    saved: { step: 300 },
    phase: { kind: 'stopped', step: 300 },
    toasts: [],
  });
  await store.commit({ drop: [await keyOf(store, 'runs/r/300.')] });
  const fallen = await loaded(store);
  expect(fallen).toMatchObject({ saved: { step: 250 }, phase: { kind: 'stopped', step: 250, of: 500 } });
  expect(fallen.toasts).toMatchObject([
    {
      text: 'Step 300 can’t be opened',
      detail: 'Step 300 can’t be opened: part 1 of 1 is missing. Step 250 is used instead',
    },
  ]);
  expect(fallen.unreadable).toMatchObject([{ key: await keyOf(store, 'manifests/r/300.') }]);
});

test('a resume that falls back names both steps, and says if no checkpoint opens', async () => {
  const store = await goldenStoreOf(STOPPED);
  await spoil(store, STOPPED, 120, 'change');
  browser = browserOver(store);
  const { getState } = browser.tab().studio;
  await getState().load();
  expect(seen(getState())).toMatchObject({ saved: { step: 120 } }); // it shows only on reading
  await getState().resume(102);
  expect(seen(getState())).toMatchObject({ phase: { kind: 'finished', step: 102 }, saved: { step: 102 } });
  expect(getState().toasts).toMatchObject([
    { text: 'Step 120 can’t be opened', detail: expect.stringMatching(/Step 100 is used instead/) as string },
  ]);
  for (const step of [100, 102]) await spoil(store, STOPPED, step, 'change');
  await getState().resume(104);
  expect(seen(getState())).toMatchObject({ saved: null, model: null, phase: { kind: 'failed' } });
  expect(getState().toasts.at(-1)).toMatchObject({
    text: 'Steps 102, 100 can’t be opened',
    detail: expect.stringMatching(/No other step of this run is saved/) as string,
  });
});

test('a damaged, newer or missing record of checkpoints is reported, and nothing counts as saved', async () => {
  for (const head of ['torn', { version: 99 }, undefined]) {
    const store = await withRun();
    await store.commit(head === undefined ? { drop: ['heads/r'] } : { put: [['heads/r', head]] });
    const before = await store.keys('');
    const studio = await loaded(store);
    expect(studio).toMatchObject({ saved: null, phase: { kind: 'failed', of: 500 }, loaded: 'ready' });
    expect(modelNeed(studio, 'playground')?.reason).toMatch(/can’t be opened/);
    expect(await store.keys('')).toEqual(before);
    expect(studio.unreadable).toMatchObject([{ key: 'heads/r' }]);
  }
});

test('an unreadable run record is reported, its checkpoints stay, and the app keeps working', async () => {
  for (const record of ['torn', { version: 99 }]) {
    const store = await withRun();
    await store.commit({ put: [['runs-index/r', record]] });
    const studio = await loaded(store);
    expect(studio).toMatchObject({ run: null, saved: null, phase: { kind: 'failed' }, loaded: 'ready' });
    expect(studio.project.runId).toBe('r');
    expect(studio.unreadable).toMatchObject([{ key: 'runs-index/r' }]);
  }
});

test('with arbitrary content in the store, the app loads, and deletes nothing', async () => {
  const text = fc.constantFrom(
    'texts/a',
    'runs-index/r',
    'heads/r',
    'projects/first',
    'device',
    'draft/text/a/',
    'draft/',
    'cuts',
  );
  const any = fc.tuple(
    fc.constantFrom('projects/', 'texts/', 'journal/r/', 'manifests/r/', 'data/', 'draft/'),
    fc.string({ maxLength: 4 }),
  );
  const value = fc.oneof(fc.jsonValue(), fc.uint8Array({ maxLength: 5 }), fc.constant({ version: 99 }));
  const key = fc.oneof(
    text,
    any.map(([folder, name]) => folder + name),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 6 }), async (puts) => {
      const store = await withRun();
      // `true` is the mark of a draft, which may be deleted.
      const stored = puts.filter(([, v]) => v !== true).map(([k, v]) => [k, v as Stored] as const);
      await store.commit({ put: stored });
      const before = await store.keys('');
      const studio = await loaded(store);
      expect(studio.loaded).toBe('ready');
      studio.change({ name: 'Another' });
      expect(await store.keys('')).toEqual(expect.arrayContaining(before));
    }),
    { numRuns: propertyRuns(150) },
  );
});

test('one tab trains: another refuses Start and Resume with a reason, until it ends or crashes', async () => {
  browser = browserOver(await goldenStoreOf(STOPPED));
  const [a, b] = [browser.tab().studio, browser.tab().studio];
  await a.getState().load();
  await b.getState().load();
  const running = a.getState().resume(1_000_000);
  await expect.poll(() => seen(a.getState()).phase.kind, PATIENT).toBe('training');
  await expect.poll(() => b.getState().trainingElsewhere).toBe(true);
  for (const begin of [() => b.getState().resume(), () => b.getState().start()]) {
    await begin();
    expect(seen(b.getState())).toMatchObject({ training: null, phase: { kind: 'stopped' } }); // whatever its progress
    expect(b.getState().toasts.at(-1)?.text).toMatch(/trained in another tab/);
  }
  for (const refusal of [resumeRefusal, beginRefusal, startRefusal])
    expect(refusal(b.getState())).toBe(TRAINING_ELSEWHERE);
  // This tab draws its curve live, and can still read from and generate with idle runs.
  const { step: before } = seen(b.getState()).log;
  const reached = before.at(-1) ?? 0;
  await expect
    .poll(async () => {
      await b.getState().catchUp();
      return seen(b.getState()).log.step.at(-1) ?? 0;
    }, PATIENT)
    .toBeGreaterThan(reached + 1);
  const there = seen(a.getState()).log;
  const here = seen(b.getState()).log;
  // The journal may have the step before the training page does.
  const known = Math.min(here.loss.length, there.loss.length);
  expect(known).toBeGreaterThan(reached);
  expect(here.loss.slice(0, known)).toEqual(there.loss.slice(0, known));
  expect(seen(b.getState()).run?.status).toBe('running');
  expect(await b.getState().bringBack(FINISHED)).toBe(true);
  expect(seen(b.getState())).toMatchObject({ phase: { kind: 'finished' }, model: { id: FINISHED } });
  expect(await b.getState().bringBack(STOPPED)).toBe(true);
  a.getState().stop();
  await running;
  await expect.poll(() => b.getState().trainingElsewhere, PATIENT).toBe(false);
  const { saved } = seen(a.getState());
  expect(saved!.step).toBeGreaterThan(120);
  expect(seen(b.getState())).toMatchObject({
    phase: { kind: 'stopped', step: saved!.step },
    saved: { step: saved!.step },
  });
  expect(resumeRefusal(b.getState())).toBeUndefined();

  void a.getState().resume(1_000_000);
  await expect.poll(() => b.getState().trainingElsewhere).toBe(true);
  await browser.crash();
  const goesOn = b.getState().resume(1_000_000);
  await expect.poll(() => seen(b.getState()).phase.kind, PATIENT).toBe('training');
  b.getState().stop();
  await goesOn;
  expect(seen(b.getState()).phase.kind).toBe('stopped');
}, 120_000);

/** Timeout for training on a busy machine. */
const PATIENT = { timeout: 60_000 };
