/** The studio over a real store in which anything may lie, and two studios over one store. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Client } from '../client/connect';
import { memoryStore, type BlobStore, type Stored } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { claimRun, loadSnapshot, surveySnapshots } from '../core/checkpoint/checkpoint';
import { openJournal } from '../core/runs/journal';
import { writeRun } from '../core/runs/record';
import { collectOrphans, listTexts } from '../core/text';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { TrainEvent, TrainOutcome } from '../core/train/run';
import type { DataApi } from '../protocol/data';
import type { GpuApi } from '../protocol/gpu';
import { listUnreadable } from '../workers/unreadable';
import { bringBackRefusal, TRAINING_ELSEWHERE } from './runs';
import { createStudio, type StudioStore, type Tabs } from './studio';
import { IDLE } from './work';
import { initialProject } from './project';
import { modelNeed } from './trained';

/** The data worker's own handlers, without the worker. */
const dataOver = (store: BlobStore): Client<DataApi> => {
  const handlers = {
    listTexts: async () => {
      await collectOrphans(store);
      return listTexts(store);
    },
    samples: () => Promise.resolve([]),
    savedSteps: ({ runId }: { runId: string }) => surveySnapshots(store, runId),
    listUnreadable: ({ runId }: { runId: string | null }) => listUnreadable(store, runId),
  };
  return {
    call: (method, input) => handlers[method as keyof typeof handlers](input as never),
    end: () => undefined,
  };
};

/** One browser: what its tabs share. */
function browser(store: BlobStore) {
  const looks = new Map<number, () => void>();
  let holder: number | undefined;
  let end: (outcome: TrainOutcome) => void;
  let tabCount = 0;
  const stopped = (step: number): void =>
    end({
      reason: 'stopped',
      state: { step, tokensSeen: 0, activeMs: 0, best: null },
      ...{ trainLoss: 1, validationLoss: 1 },
    });
  const tab = (train?: (report: (events: readonly TrainEvent[]) => void) => Promise<void>): StudioStore => {
    const id = ++tabCount;
    const tabs: Tabs = {
      announce: () => {
        for (const [other, look] of looks) if (other !== id) look();
      },
      listen: (look) => void looks.set(id, look),
      holdTraining() {
        if (holder !== undefined)
          return Promise.reject(new HomegrownError('in-use', 'A run is being trained in another tab of this browser'));
        holder = id;
        return Promise.resolve({ release: () => (holder = undefined) });
      },
      isTraining: () => Promise.resolve(holder !== undefined),
    };
    const gpu: Client<GpuApi> = {
      async call(_method, _input, options) {
        await train?.(options?.onProgress as never);
        return new Promise<TrainOutcome>((resolve) => {
          end = resolve;
          if (train) stopped(251);
        });
      },
      end: () => undefined,
    };
    return createStudio({
      ...{ data: dataOver(store), gpu, verify: { call: () => new Promise(() => undefined), end: () => undefined } },
      ...{ store, tabs, now: () => 0, newId: () => `run-${id}`, download: () => undefined },
      wakeLock: { hold: () => undefined, release: () => undefined },
    });
  };
  return {
    tab,
    /** The tab that trains is gone, and its lock with it. */
    crash: () => (holder = undefined),
    stopped,
  };
}

const PART = { tokens: 1, bytes: 1, shards: [], counts: { key: 'shards/d/counts', sha256: '' } };
const MANIFEST = {
  ...{ version: 1 as const, tokenizerHash: '', textHash: '', vocabulary: 257, width: 2 as const, shardLength: 1 },
  ...{ train: PART, validation: PART },
};
const RECIPE = { ...DEFAULT_RECIPE, steps: 500 };
/** A run whose record says step 300, with steps 250 and 300 saved. */
async function withRun(): Promise<BlobStore> {
  const store = memoryStore();
  const model = { id: 'gpt' as const, config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 };
  await writeRun(store, {
    ...{ version: 1, id: 'r', name: 'Whale', createdAt: 1, status: 'stopped', step: 300, device: null, data: null },
    ...{ model, recipe: RECIPE, tokenizer: { kind: 'bytes', merges: [] }, manifest: MANIFEST },
  });
  const writer = await claimRun(store, 'r');
  for (const step of [250, 300]) {
    const tensors = new Map([['w', { shape: [1], data: Float32Array.of(step) }]]);
    await writer.save({ state: { step, tokensSeen: 1, activeMs: 1, best: null }, tensors });
  }
  await (await openJournal(store, 'r', 0)).append([{ kind: 'saved', step: 300, bytes: 4 }]);
  await store.commit({ put: [['project', { ...initialProject(), name: 'Whale', runId: 'r' } as never]] });
  return store;
}
const loaded = async (store: BlobStore) => {
  const studio = browser(store).tab();
  await studio.getState().load();
  await studio.getState().listUnreadable();
  return studio.getState();
};
const keyOf = async (store: BlobStore, prefix: string) => (await store.keys(prefix))[0]!;

test('what is saved follows what can be opened, never the record alone', async () => {
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
      text: 'Step 300 cannot be opened',
      detail: 'Step 300 cannot be opened: part 1 of 1 is missing. Step 250 is used instead',
    },
  ]);
  expect(fallen.unreadable).toMatchObject([{ key: await keyOf(store, 'manifests/r/300.') }]);
});

test('a resume that falls back says from which step to which, and where nothing can be opened, that', async () => {
  const store = await withRun();
  const flip = async (step: number) => {
    const key = await keyOf(store, `runs/r/${step}.`);
    await store.commit({ put: [[key, Uint8Array.of(9, 9, 9, 9)]] });
  };
  await flip(300);
  const studio = browser(store).tab(async (report) => {
    const { snapshot } = await loadSnapshot(store, 'r');
    report([{ kind: 'compiling' }]);
    const step = snapshot.state.step + 1;
    const zero = { loss: 1, learningRate: 1, gradientNorm: 1, tokensPerSecond: 1, activeMs: 1, memoryBytes: 1 };
    report([{ kind: 'step', step, ...zero }]);
    await flip(250);
  });
  await studio.getState().load();
  expect(studio.getState()).toMatchObject({ saved: { step: 300 } }); // it shows only when it is read
  await studio.getState().resume();
  await expect.poll(() => studio.getState().saved?.step).toBe(250);
  expect(studio.getState().toasts).toMatchObject([
    { text: 'Step 300 cannot be opened', detail: expect.stringMatching(/Step 250 is used instead/) as string },
  ]);
  await studio.getState().resume();
  await expect.poll(() => studio.getState().saved).toBeNull();
  expect(studio.getState().toasts.at(-1)).toMatchObject({
    text: 'Step 250 cannot be opened',
    detail: expect.stringMatching(/No other step of this run is saved/) as string,
  });
});

test('a record of saved steps that is damaged, newer or missing is told, and nothing is called saved', async () => {
  for (const head of ['torn', { version: 2 }, undefined]) {
    const store = await withRun();
    await store.commit(head === undefined ? { drop: ['heads/r'] } : { put: [['heads/r', head]] });
    const before = await store.keys('');
    const studio = await loaded(store);
    expect(studio).toMatchObject({ saved: null, phase: { kind: 'failed', of: 500 }, loaded: 'ready' });
    expect(modelNeed(studio)?.words).toMatch(/cannot be opened/);
    expect(await store.keys('')).toEqual(before);
    expect(studio.unreadable).toMatchObject([{ key: 'heads/r' }]);
  }
});

test('a record of the run that cannot be read is told, its steps stay, and the app goes on', async () => {
  for (const record of ['torn', { version: 2 }]) {
    const store = await withRun();
    await store.commit({ put: [['runs-index/r', record]] });
    const studio = await loaded(store);
    expect(studio).toMatchObject({ run: null, saved: null, phase: { kind: 'failed' }, loaded: 'ready' });
    expect(studio.project.runId).toBe('r');
    expect(studio.unreadable).toMatchObject([{ key: 'runs-index/r' }]);
  }
});

test('whatever lies in the store, the app loads, and nothing is gone afterwards', async () => {
  const text = fc.constantFrom(
    'texts/a',
    'runs-index/r',
    'heads/r',
    'project',
    'device',
    'draft/text/a/',
    'draft/',
    'cuts',
  );
  const any = fc.tuple(
    fc.constantFrom('texts/', 'journal/r/', 'manifests/r/', 'data/', 'draft/'),
    fc.string({ maxLength: 4 }),
  );
  const value = fc.oneof(fc.jsonValue(), fc.uint8Array({ maxLength: 5 }), fc.constant({ version: 2 }));
  const key = fc.oneof(
    text,
    any.map(([folder, name]) => folder + name),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 6 }), async (puts) => {
      const store = await withRun();
      // `true` is how the mark of a draft reads, which is to go.
      const stored = puts.filter(([, v]) => v !== true).map(([k, v]) => [k, v as Stored] as const);
      await store.commit({ put: stored });
      const before = await store.keys('');
      const studio = await loaded(store);
      expect(studio.loaded).toBe('ready');
      studio.change({ name: 'Another' });
      expect(await store.keys('')).toEqual(expect.arrayContaining(before));
    }),
    { numRuns: 150 },
  );
});

test('two tabs: what each changes is kept, the other is told, and an old run never comes back', async () => {
  const store = await withRun();
  const both = browser(store);
  const [a, b] = [both.tab(), both.tab()];
  await a.getState().load();
  await b.getState().load();
  a.getState().change({ runId: null, name: 'Sea' });
  // The stale tab changes a setting before it has heard of it.
  b.getState().setRecipe({ batch: 3 });
  await expect
    .poll(() => [a.getState().project, b.getState().project])
    .toEqual(
      Array<unknown>(2).fill(
        expect.objectContaining({ name: 'Sea', runId: null, recipe: { ...DEFAULT_RECIPE, batch: 3 } }),
      ),
    );
  expect(await store.get('project')).toMatchObject({ name: 'Sea', runId: null, recipe: { batch: 3 }, revision: 2 });
  expect(b.getState()).toMatchObject({ run: null, saved: null, kept: 'yes' });
  expect(b.getState().toasts).toMatchObject([
    { text: 'The project changed in another tab', detail: 'taken over from there: name and run' },
  ]);
  expect(a.getState().toasts).toMatchObject([{ detail: 'taken over from there: settings' }]);
});

test('one tab trains: in another, Start and Resume are refused in words, until it ends or crashes', async () => {
  const store = await withRun();
  const both = browser(store);
  const [a, b] = [both.tab(), both.tab()];
  await a.getState().load();
  await b.getState().load();
  const running = a.getState().resume();
  await expect.poll(() => a.getState().phase.kind).toBe('compiling');
  await expect.poll(() => b.getState().trainingElsewhere).toBe(true);
  for (const begin of [() => b.getState().resume(), () => b.getState().start()]) {
    const { phase } = b.getState();
    await begin();
    expect(b.getState().phase).toEqual(phase);
    expect(b.getState().toasts.at(-1)?.text).toMatch(/trained in another tab/);
  }
  expect(bringBackRefusal(b.getState())).toBe(TRAINING_ELSEWHERE);
  expect(await b.getState().bringBack('r')).toBe(false);
  await b.getState().importModel([new File([], 'a.zip')]);
  expect(b.getState().importingModel).toMatchObject({ kind: 'failed', failure: { code: 'in-use' } });
  both.stopped(300);
  await running;
  await expect.poll(() => b.getState().trainingElsewhere).toBe(false);
  expect(b.getState()).toMatchObject({ phase: { kind: 'stopped', step: 300 }, saved: { step: 300 } });
  expect(bringBackRefusal({ ...b.getState(), importingModel: IDLE })).toBeUndefined();

  void a.getState().resume();
  await expect.poll(() => b.getState().trainingElsewhere).toBe(true);
  both.crash();
  void b.getState().resume();
  await expect.poll(() => b.getState().phase.kind).toBe('compiling');
});
