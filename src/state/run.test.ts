/** The shown run and the training one over the real worker implementations, with faults at any commit. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryStore, type BlobStore, type Stored } from '../core/base/blobStore';
import { HomegrownError, type Failure } from '../core/base/errors';
import { freeRun } from '../core/runs/free';
import { type Halves, halvesOver, lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { seen, showing } from '../testing/shown';
import type { RunRecord } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import type { DeviceInfo, GeneratedToken } from '../protocol/gpu';
import { modelOf } from './openRun';
import type { StudioStore } from './slices/studio';

let store: BlobStore;
/** Store content after a first run. */
let grown: (readonly [string, Stored])[] | undefined;
/** Worker implementations of the page opened last. */
let halves: Halves;
const pages: TestStudio[] = [];
/** Counter for run ids, over all pages. */
let ids = 0;
let clock = 0;
/** Called before each commit; may throw. */
let fault: (keys: readonly string[]) => void = () => undefined;

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  fault = () => undefined;
  const inner = memoryStore();
  store = {
    ...inner,
    async commit(change) {
      const put = [...(change.put ?? [])];
      fault(put.map(([key]) => key));
      return inner.commit({ ...change, put });
    },
  };
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
  vi.unstubAllGlobals();
});

async function open(): Promise<StudioStore> {
  halves = halvesOver(store);
  const page = testStudio(store, halves, { newId: () => `run-${++ids}`, now: () => ++clock });
  pages.push(page);
  await page.studio.getState().load();
  return page.studio;
}

/** Opens a studio with fast settings after a first run, which is trained once for all tests. */
async function openTrained(): Promise<StudioStore> {
  if (!grown) {
    await (await openSmall()).getState().start();
    grown = await Promise.all((await store.keys('')).map(async (key) => [key, (await store.get(key))!] as const));
  }
  await store.commit({ put: grown });
  return open();
}

async function openSmall(): Promise<StudioStore> {
  const studio = await open();
  const { addPaste, change, setRecipe } = studio.getState();
  await addPaste('The whale is large. The sea is wide. '.repeat(30), 'sea.txt');
  change({
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
    model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, byHand: [] },
  });
  setRecipe({ steps: 2, batch: 2, evalEvery: 1, saveEvery: 1, evalTokens: 16, warmup: 1 });
  return studio;
}

const full = (): never => {
  throw new HomegrownError('storage-full', 'The storage is full');
};
const failureOf = (studio: StudioStore): Failure | undefined => {
  const { phase } = seen(studio.getState());
  return phase.kind === 'failed' ? phase.failure : undefined;
};
const textsOf = (studio: StudioStore): string[] => studio.getState().toasts.map(({ text }) => text);

describe('a run that fails before its first save', () => {
  test('is no model: the earlier one stays available, at once and after a reload, and nothing of it is stored', async () => {
    const studio = await openTrained();
    const first = seen(studio.getState()).model!;
    expect(first).toMatchObject({ usable: { step: 2 }, id: studio.getState().project.runId });

    fault = (keys) => {
      if (keys.some((key) => key.startsWith('runs/'))) full();
    };
    await studio.getState().start();
    const failed = seen(studio.getState());
    expect(failureOf(studio)?.code).toBe('storage-full');
    expect(failed.run).toBeNull();
    expect(failed.saved).toBeNull();
    expect(failed.log.evaluations).toHaveLength(1); // shows the failed run
    expect(failed.model?.id).toBe(first.id);
    expect(failed.project.runId).toBe(first.id);
    const left = (await store.keys('')).filter((key) => key.includes(`run-${ids}`));
    expect(left).toEqual([]);

    await studio.getState().loadRun(); // returns to the model
    expect(seen(studio.getState()).phase).toEqual({ kind: 'finished', step: 2, of: 2 });
    const again = await open();
    expect(seen(again.getState())).toMatchObject({ phase: { kind: 'finished', step: 2 }, saved: { step: 2 } });
    expect(seen(again.getState()).model?.log.evaluations).toHaveLength(3);
  });

  test('a record left by a crash before the first save is not taken for a model', async () => {
    const studio = await openTrained();
    const { run, project } = seen(studio.getState());
    await store.commit({
      put: [
        [
          'runs-index/crashed',
          { ...JSON.parse(JSON.stringify(run)), id: 'crashed', step: 0, status: 'running' } as never,
        ],
        ['projects/first', { ...JSON.parse(JSON.stringify(project)), runId: 'crashed' } as never],
      ],
    });
    const again = await open();
    expect(seen(again.getState())).toMatchObject({ run: null, saved: null, model: null, phase: { kind: 'idle' } });
    await again.getState().listRuns();
    expect(again.getState().runs?.map(({ record }) => record.id)).toEqual([run!.id]);
    expect(await again.getState().bringBack(run!.id)).toBe(true);
    expect(seen(again.getState()).model?.usable.step).toBe(2);
  });
});

test('Playground and Export keep the earlier model until the new run has saved its first step', async () => {
  const studio = await openTrained();
  const first = seen(studio.getState()).model!.id;
  const asked: string[] = [];
  const { generate, begin } = halves.gpu;
  halves.gpu.generate = (input, job) => {
    asked.push(input.runId);
    return generate(input, job);
  };
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  halves.gpu.begin = async (input, job) => {
    await gate;
    return begin(input, job);
  };
  const running = studio.getState().start();
  await vi.waitFor(() => expect(seen(studio.getState()).phase.kind).toBe('compiling'), PATIENT);
  expect(seen(studio.getState())).toMatchObject({ run: null, saved: null, project: { runId: first } });
  studio.getState().setSampling({ length: 1_000_000 });
  const writing = studio.getState().generate();
  await vi.waitFor(() => expect(studio.getState().written.length).toBeGreaterThan(0), PATIENT);
  goOn();
  await running;
  // The text in progress belonged to the earlier model: it stopped, and stays with that model's name.
  await writing;
  expect(asked).toEqual([first]);
  expect(studio.getState()).toMatchObject({
    writtenBy: { runId: first },
    writing: { kind: 'done' },
  });
  expect(seen(studio.getState()).model?.id).not.toBe(first);
  await studio.getState().listRuns();
  expect(studio.getState().runs?.at(-1)?.record).toMatchObject({ id: first, step: 2 });
});

test('an earlier run is restored; freed checkpoints never look saved, and the current run’s are not freed', async () => {
  const studio = await openTrained();
  const first = seen(studio.getState()).model!.id;
  await studio.getState().start();
  const second = seen(studio.getState()).model!.id;
  await studio.getState().bringBack(first);
  expect(seen(studio.getState())).toMatchObject({ project: { runId: first }, run: { id: first }, saved: { step: 2 } });

  await studio.getState().listRuns();
  await studio.getState().freeRun(first); // the current one
  await studio.getState().freeRun(second);
  expect(studio.getState().runs).toMatchObject([
    { record: { id: second }, bytes: 0 },
    { record: { id: first }, bytes: expect.any(Number) as number },
  ]);
  expect(studio.getState().runs?.find(({ record }) => record.id === first)?.bytes).toBeGreaterThan(0);
  expect(await studio.getState().bringBack(second)).toBe(false);
  expect(seen(studio.getState()).model?.id).toBe(first);
  expect(textsOf(studio).at(-1)).toBe("Couldn't open this run");

  // Another tab may have freed the run that is current here.
  await freeRun(store, first);
  expect(seen((await open()).getState())).toMatchObject({ model: null, saved: null, phase: { kind: 'failed' } });
});

test('an imported model is a run among the others, and the one shown before can be selected again', async () => {
  const studio = await openTrained();
  const first = seen(studio.getState()).model!.id;
  studio.getState().setWithOptimizer(true);
  await studio.getState().exportModel('hf');
  const { downloads } = pages.at(-1)!;
  await vi.waitFor(() => expect(downloads[0]?.bytes.length).toBeGreaterThan(0), PATIENT);
  const zip = new File([downloads[0]!.bytes as Uint8Array<ArrayBuffer>], 'sea.zip');

  await studio.getState().importModel([zip]);
  const imported = seen(studio.getState()).model!.id;
  expect(imported).not.toBe(first);
  const { toasts, dismiss } = studio.getState();
  toasts.at(-1)!.undo!();
  dismiss(toasts.at(-1)!.id);
  await vi.waitFor(() => expect(seen(studio.getState()).model?.id).toBe(first));
  await studio.getState().listRuns();
  expect(studio.getState().runs?.map(({ record }) => record.id)).toEqual([imported, first]);

  // As the first of all runs, there is none to return to.
  for (const key of await store.keys(''))
    if (/^(heads|runs|runs-index|project)/.test(key)) await store.commit({ drop: [key] });
  const empty = await open();
  await empty.getState().importModel([zip]);
  expect(seen(empty.getState())).toMatchObject({ saved: { step: 2 } });
  expect(empty.getState().toasts.at(-1)?.undo).toBeUndefined();
});

test('a page that shows its own run keeps it while another run trains and a model is imported', async () => {
  const studio = await openTrained();
  const { getState } = studio;
  const first = seen(getState()).model!.id;
  await getState().exportModel('hf');
  const { downloads } = pages.at(-1)!;
  await vi.waitFor(() => expect(downloads[0]?.bytes.length).toBeGreaterThan(0), PATIENT);
  const asked: string[] = [];
  const { generate } = halves.gpu;
  halves.gpu.generate = (input, job) => {
    asked.push(input.runId);
    return generate(input, job);
  };
  getState().setRecipe({ steps: 1_000_000, evalEvery: 1_000_000 });
  const running = getState().start();
  await vi.waitFor(() => expect(seen(getState()).model?.id).not.toBe(first), PATIENT);
  const second = getState().project.runId;
  await getState().show('playground', first);
  getState().setSampling({ length: 6 });
  await getState().generate();
  expect([asked, getState().writing.kind]).toEqual([[first], 'done']);
  expect(seen(getState())).toMatchObject({ run: { id: second }, phase: { kind: 'training' }, model: { id: first } });
  expect(modelOf(getState(), 'export')?.id).toBe(second);

  await getState().importModel([new File([downloads[0]!.bytes as Uint8Array<ArrayBuffer>], 'sea.zip')]);
  const third = modelOf(getState(), 'export')!.id;
  expect([first, second]).not.toContain(third);
  expect(seen(getState())).toMatchObject({ run: { id: second }, phase: { kind: 'training' }, model: { id: third } });
  getState().stop();
  await running;
  expect(getState()).toMatchObject({ training: null, project: { runId: second } });
  expect(seen(getState())).toMatchObject({ run: { id: second, status: 'stopped' }, model: { id: third } });
  await getState().show('playground', null);
  expect(Object.keys(getState().opened).sort()).toEqual([second, third].sort());
});

test('a fork from a kept checkpoint trains with other settings and text, and pages show it', async () => {
  const studio = await openTrained();
  const { getState } = studio;
  const parent = seen(getState()).run!;
  const recipe = { ...recipeOf(parent), steps: 4, learningRate: 0.01 };
  await getState().fork({ runId: parent.id, step: 2 }, { name: 'Fork', recipe });
  const { run, phase, log } = seen(getState());
  expect(run).toMatchObject({ name: 'Fork', parent: { runId: parent.id, step: 2 }, segments: [{}, { why: 'recipe' }] });
  expect([phase, getState().project.runId]).toEqual([{ kind: 'finished', step: 4, of: 4 }, run!.id]);
  expect([log.saves[0]?.step, log.step]).toEqual([2, [3, 4]]);

  await getState().addPaste('The shark is small. '.repeat(40), 'shark.txt');
  await getState().resume(6, { recipe: { ...recipe, learningRate: 0.02 }, withTexts: true });
  const changed = seen(getState());
  expect(changed.phase).toEqual({ kind: 'finished', step: 6, of: 6 });
  expect(changed.run?.segments).toMatchObject([
    {},
    { after: 2 },
    { after: 4, why: 'both', recipe: { learningRate: 0.02 } },
  ]);
  expect(changed.run?.segments.at(-1)?.data.facts?.texts.map(({ name }) => name)).toEqual(['sea.txt', 'shark.txt']);
  // A failed fork is reported, and the run shown before can be selected again.
  await getState().fork({ runId: parent.id, step: 99 }, { name: 'None', recipe });
  expect(failureOf(studio)?.code).toBe('storage-damaged');
  await getState().loadRun();
  expect(seen(getState()).run?.id).toBe(run!.id);
});

describe('the GPU', () => {
  const lose = (step: number) => {
    halves.gpu.resume = (_, { report }) => {
      const cost = { loss: 1, learningRate: 1, gradientNorm: 1, tokensPerSecond: 1, activeMs: step, memoryBytes: 1 };
      report([{ kind: 'step', step, ...cost }]);
      return Promise.reject(
        new HomegrownError('device-lost', 'The browser or the driver reset the GPU. Step 2 is saved.'),
      );
    };
  };
  test('two losses with the same settings are reported with their steps; one with other settings isn’t', async () => {
    const studio = await openTrained();
    const { resume } = halves.gpu;
    lose(3);
    await studio.getState().resume(9);
    expect(failureOf(studio)?.message).not.toMatch(/twice/);
    lose(5);
    await studio.getState().resume(9);
    expect(failureOf(studio)?.message).toMatch(
      /^The GPU was lost twice with these settings, at step 3 and step 5\. The br/,
    );
    expect(failureOf(studio)?.remedy).toMatch(/WASM/);
    expect(studio.getState().lostAt).toEqual([3, 5]);

    halves.gpu.resume = resume;
    await studio.getState().resume(3);
    expect(seen(studio.getState()).phase.kind).toBe('finished');
    expect(studio.getState().lostAt).toEqual([]);
  });

  test('exceeding its limits refuses a start and a resume', async () => {
    const studio = await openTrained();
    const info: DeviceInfo = {
      kind: 'wasm',
      name: 'P',
      software: false,
      features: [],
      gigaflops: 1,
      choices: ['wasm'],
    };
    studio.setState({ device: { kind: 'open', info: { ...info, limits: { total: 1000 } } } });
    halves.gpu.begin = halves.gpu.resume = () => Promise.reject(new Error('It was asked'));
    await studio.getState().start();
    expect(failureOf(studio)).toMatchObject({
      code: 'bad-settings',
      message: expect.stringMatching(/^The run needs/) as string,
    });
    await studio.getState().loadRun();
    await studio.getState().resume(9);
    expect(failureOf(studio)).toMatchObject({
      code: 'bad-settings',
      message: expect.stringMatching(/^The run needs/) as string,
    });
    expect(seen(studio.getState()).model?.usable.step).toBe(2);
  });
});

test('if data for a resume cannot be built, the failure has a reason; a stop leaves the run unchanged', async () => {
  const studio = await openTrained();
  showing(studio, { record: withoutData(seen(studio.getState()).run!), phase: { kind: 'stopped', step: 2, of: 9 } });
  fault = (keys) => {
    if (keys.some((key) => key.startsWith('shards/'))) throw new HomegrownError('storage-full', 'No room for the ids');
  };
  // A new split, so that there is data to build.
  studio.getState().change({ split: { validation: 0.3, test: 0, seed: 0 } });
  await studio.getState().resume(9);
  expect(failureOf(studio)).toMatchObject({ code: 'storage-full', message: 'No room for the ids' });

  showing(studio, { phase: { kind: 'stopped', step: 2, of: 9 } });
  fault = () => undefined;
  const { buildData } = halves.data;
  halves.data.buildData = async (input, job) => {
    await new Promise<void>((resolve) => job.signal.addEventListener('abort', () => resolve()));
    return buildData(input, job);
  };
  const resuming = studio.getState().resume(9);
  await vi.waitFor(() => expect(studio.getState().building.kind).toBe('busy'));
  studio.getState().stop();
  await resuming;
  expect(seen(studio.getState()).phase).toEqual({ kind: 'stopped', step: 2, of: 9 });
});

test("late tokens of an ended generation don't count as the next one’s", async () => {
  const studio = await openTrained();
  const token = (text: string): GeneratedToken => ({ id: 1, text, bytes: [], probability: 1, alternatives: [] });
  const tells: ((...texts: string[]) => void)[] = [];
  const ends: (() => void)[] = [];
  halves.gpu.generate = (_, { report }) => {
    tells.push((...texts) => report(texts.map(token)));
    return new Promise((resolve) => ends.push(() => resolve({ reason: 'stopped', ms: 1 })));
  };
  const written = () => studio.getState().written.map(({ text }) => text);
  const first = studio.getState().generate();
  await vi.waitFor(() => expect(tells).toHaveLength(1));
  tells[0]!('a');
  await vi.waitFor(() => expect(written()).toEqual(['a']));
  await studio.getState().loadRun();
  const second = studio.getState().generate();
  await vi.waitFor(() => expect(tells).toHaveLength(2));
  tells[0]!('late');
  tells[1]!('b');
  ends[0]!();
  await first;
  await vi.waitFor(() => expect(written()).toEqual(['b']));
  expect(studio.getState().writing.kind).toBe('writing');
  ends[1]!();
  await second;
  expect(written()).toEqual(['b']);
  expect(studio.getState().writing.kind).toBe('done');
});

const withoutData = (run: RunRecord): RunRecord => ({
  ...run,
  segments: [{ ...run.segments[0], data: { id: null, facts: null } }],
});
/** Timeout for a busy machine. */
const PATIENT = { timeout: 60_000 };
