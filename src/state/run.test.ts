/** The run's state over the real parts of the workers, on a store in memory, with faults where they may come. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Options } from '../client/connect';
import { memoryStore, type BlobStore, type Stored } from '../core/base/blobStore';
import { HomegrownError, type Failure } from '../core/base/errors';
import { unwatched } from '../core/base/job';
import { surveySnapshots } from '../core/checkpoint/checkpoint';
import { exportRun, importRun } from '../core/export/run';
import { zipped } from '../core/files/zip';
import { freeRun, keptRuns } from '../core/runs/kept';
import { importText, listTexts, pastedText } from '../core/text';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { trainTokenizer } from '../core/tokenizer/train';
import { chooseDevice } from '../core/train/device';
import type { DataApi } from '../protocol/data';
import type { DeviceInfo, GeneratedToken, GpuApi } from '../protocol/gpu';
import type { Api } from '../protocol/rpc';
import type { VerifyApi } from '../protocol/verify';
import { blobSource } from '../workers/blobSource';
import { buildData } from '../workers/data';
import { begin, resume } from '../workers/training';
import { earlierRuns } from './runs';
import { createStudio, type StudioStore } from './studio';

const alone = {
  announce: () => undefined,
  listen: () => undefined,
  holdTraining: () => Promise.resolve({ release: () => undefined }),
  isTraining: () => Promise.resolve(false),
};

beforeAll(() => chooseDevice('cpu', ''));

type Calls<A extends Api<A>> = {
  [M in keyof A]?: (input: A[M]['input'], options: Options<A[M]['progress']>) => Promise<A[M]['output']>;
};
/** A worker of which only some calls are answered; the rest never end. */
const worker = <A extends Api<A>>(calls: Calls<A>) => ({
  call: <M extends keyof A>(method: M, input: A[M]['input'], options: Options<A[M]['progress']> = {}) =>
    calls[method]?.(input, options) ?? new Promise<A[M]['output']>(() => undefined),
  end: () => undefined,
});
const jobOf = <P>({ signal, onProgress }: Options<P>) => ({
  signal: signal ?? new AbortController().signal,
  report: (progress: P) => onProgress?.(progress),
});

let store: BlobStore;
/** What is stored after a first run. */
let grown: (readonly [string, Stored])[] | undefined;
let clock = 0;
let gpu: Calls<GpuApi>;
let data: Calls<DataApi>;
let ids = 0;
/** What a commit meets before it is made. */
let fault: (keys: readonly string[]) => void = () => undefined;

beforeEach(() => {
  const held = new Set<string>();
  vi.stubGlobal('navigator', {
    locks: {
      async request(name: string, _: object, work: (lock: object | null) => Promise<void> | undefined) {
        if (held.has(name)) return work(null);
        held.add(name);
        await work({});
        held.delete(name);
      },
    },
  });
  fault = () => undefined;
  const inner = memoryStore();
  store = {
    ...inner,
    commit(change) {
      const put = [...(change.put ?? [])];
      fault(put.map(([key]) => key));
      return inner.commit({ ...change, put });
    },
  };
  data = {
    importPaste: ({ text, name, addedAt }) => importText(pastedText(name, text), store, { addedAt }, unwatched),
    listTexts: () => listTexts(store),
    samples: () => Promise.resolve([]),
    async trainTokenizer({ texts, kind }) {
      const model = await trainTokenizer({ kind, vocabulary: 257 }, [], unwatched);
      const { hash, size } = await createTokenizer(model);
      return { model, hash, size, asked: 257, texts, bytesPerToken: 1, unusedEntries: 0 };
    },
    buildData: async ({ texts, tokenizer, validationShare }) =>
      buildData(store, texts, await createTokenizer(tokenizer), validationShare, unwatched),
    savedSteps: ({ runId }) => surveySnapshots(store, runId),
    listUnreadable: () => Promise.resolve([]),
    keptRuns: () => keptRuns(store),
    freeRun: async ({ runId }) => (await freeRun(store, runId), null),
    async importModel({ files, addedAt }) {
      const runId = `imported-${++ids}`;
      const sources = files.map((file) => ({ name: file.name, source: blobSource(file) }));
      await importRun(store, runId, sources, addedAt, unwatched);
      return { runId };
    },
  };
  gpu = {
    begin: (input, options) => begin(store, input, 'CPU', jobOf(options)),
    resume: (input, options) => resume(store, input, 'CPU', jobOf(options)),
  };
});
afterEach(() => vi.unstubAllGlobals());

async function open(): Promise<StudioStore> {
  const studio = createStudio({
    data: worker(data),
    gpu: worker(gpu),
    verify: worker<VerifyApi>({}),
    store,
    now: () => ++clock,
    newId: () => `run-${++ids}`,
    tabs: alone,
    wakeLock: { hold: () => undefined, release: () => undefined },
    download: () => undefined,
  });
  await studio.getState().load();
  return studio;
}

/** A studio whose settings train in a moment, after its first run; that is trained once for all tests. */
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
  const { phase } = studio.getState();
  return phase.kind === 'failed' ? phase.failure : undefined;
};
const textsOf = (studio: StudioStore): string[] => studio.getState().toasts.map(({ text }) => text);

describe('a run that fails before its first save', () => {
  test('is no model: the one before stays in reach, at once and after a reload, and nothing of it is stored', async () => {
    const studio = await openTrained();
    const first = studio.getState().model!;
    expect(first).toMatchObject({ saved: { step: 2 }, run: { id: studio.getState().project.runId } });

    fault = (keys) => {
      if (keys.some((key) => key.startsWith('runs/'))) full();
    };
    await studio.getState().start();
    const failed = studio.getState();
    expect(failureOf(studio)?.code).toBe('storage-full');
    expect(failed.run).toBeNull();
    expect(failed.saved).toBeNull();
    expect(failed.log.evaluations).toHaveLength(1); // what failed is shown
    expect(failed.model?.run.id).toBe(first.run.id);
    expect(failed.project.runId).toBe(first.run.id);
    const left = (await store.keys('')).filter((key) => key.includes(`run-${ids}`));
    expect(left).toEqual([]);

    await studio.getState().loadRun(); // back to it
    expect(studio.getState().phase).toEqual({ kind: 'finished', step: 2, of: 2 });
    const again = await open();
    expect(again.getState()).toMatchObject({ phase: { kind: 'finished', step: 2 }, saved: { step: 2 } });
    expect(again.getState().model?.log.evaluations).toHaveLength(3);
  });

  test('a record that a crash left before the first save is not taken for a model', async () => {
    const studio = await openTrained();
    const { run, project } = studio.getState();
    await store.commit({
      put: [
        [
          'runs-index/crashed',
          { ...JSON.parse(JSON.stringify(run)), id: 'crashed', step: 0, status: 'running' } as never,
        ],
        ['project', { ...JSON.parse(JSON.stringify(project)), runId: 'crashed' } as never],
      ],
    });
    const again = await open();
    expect(again.getState()).toMatchObject({ run: null, saved: null, model: null, phase: { kind: 'idle' } });
    await again.getState().listRuns();
    expect(earlierRuns(again.getState()).map(({ id }) => id)).toEqual([run!.id]);
    expect(await again.getState().bringBack(run!.id)).toBe(true);
    expect(again.getState().model?.saved.step).toBe(2);
  });
});

test('Playground and Export go on with the earlier model until the new run has saved its first step', async () => {
  const studio = await openTrained();
  const first = studio.getState().model!.run.id;
  const asked: string[] = [];
  const stops: boolean[] = [];
  gpu.generate = ({ runId }, { signal, onProgress }) => {
    asked.push(runId);
    return new Promise(() => {
      signal?.addEventListener('abort', () => {
        stops.push(true);
        onProgress?.([{ id: 1, text: 'late', probability: 1, alternatives: [] }]);
      });
    });
  };
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  gpu.begin = async (input, options) => {
    await gate;
    return begin(store, input, 'CPU', jobOf(options));
  };
  const running = studio.getState().start();
  await vi.waitFor(() => expect(studio.getState().phase.kind).toBe('compiling'));
  expect(studio.getState()).toMatchObject({ run: null, saved: null, project: { runId: first } });
  expect(await studio.getState().bringBack(first)).toBe(false);
  expect(textsOf(studio)).toContain('A run is in progress: stop and save it first');
  void studio.getState().generate();
  goOn();
  await running;
  expect(asked).toEqual([first]);
  // What was being written belongs to the model before: it was ended, and what came late is nowhere.
  expect(stops).toEqual([true]);
  expect(studio.getState()).toMatchObject({ written: [], writing: { kind: 'idle' } });
  expect(studio.getState().model?.run.id).not.toBe(first);
  await studio.getState().listRuns();
  expect(earlierRuns(studio.getState())).toMatchObject([{ id: first, step: 2 }]);
});

test('an earlier run comes back; freed steps never look saved, and the current run’s are not freed', async () => {
  const studio = await openTrained();
  const first = studio.getState().model!.run.id;
  await studio.getState().start();
  const second = studio.getState().model!.run.id;
  await studio.getState().bringBack(first);
  expect(studio.getState()).toMatchObject({ project: { runId: first }, run: { id: first }, saved: { step: 2 } });

  await studio.getState().listRuns();
  await studio.getState().freeRun(first); // the current one
  await studio.getState().freeRun(second);
  expect(studio.getState().runs).toMatchObject([
    { id: second, bytes: 0 },
    { id: first, bytes: expect.any(Number) as number },
  ]);
  expect(studio.getState().runs?.find(({ id }) => id === first)?.bytes).toBeGreaterThan(0);
  expect(await studio.getState().bringBack(second)).toBe(false);
  expect(studio.getState().model?.run.id).toBe(first);
  expect(textsOf(studio).at(-1)).toBe('This run cannot be brought back');

  // Another tab may have freed the one that is current here.
  await freeRun(store, first);
  expect((await open()).getState()).toMatchObject({ model: null, saved: null, phase: { kind: 'failed' } });
});

test('a model that is brought in asks before it takes another’s place, and the other can be brought back', async () => {
  const studio = await openTrained();
  const first = studio.getState().model!.run.id;
  const { files } = await exportRun(store, first, 'latest', 'hf', {
    withOptimizer: true,
    template: () => Promise.resolve(''),
  });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of zipped(files, unwatched)) parts.push(part.slice());
  const zip = new File(parts, 'sea.zip');

  await studio.getState().importModel([zip]);
  expect(studio.getState().offered?.name).toBe('sea.zip');
  expect(studio.getState().model?.run.id).toBe(first);
  await studio.getState().answerOffer(false);
  expect(studio.getState()).toMatchObject({ offered: null, project: { runId: first } });

  await studio.getState().importModel([zip]);
  await studio.getState().answerOffer(true);
  const imported = studio.getState().model!.run.id;
  expect(imported).not.toBe(first);
  const { toasts, dismiss } = studio.getState();
  toasts.at(-1)!.undo!();
  dismiss(toasts.at(-1)!.id);
  await vi.waitFor(() => expect(studio.getState().model?.run.id).toBe(first));
  await studio.getState().listRuns();
  expect(earlierRuns(studio.getState())).toMatchObject([{ id: imported, step: 2 }]);

  // Without a model there is nothing to ask.
  for (const key of await store.keys(''))
    if (/^(heads|runs|runs-index|project)/.test(key)) await store.commit({ drop: [key] });
  const empty = await open();
  await empty.getState().importModel([zip]);
  expect(empty.getState()).toMatchObject({ offered: null, saved: { step: 2 } });
});

describe('the GPU', () => {
  const lose = (step: number) => {
    gpu.resume = (_, { onProgress }) => {
      const cost = { loss: 1, learningRate: 1, gradientNorm: 1, tokensPerSecond: 1, activeMs: step, memoryBytes: 1 };
      onProgress?.([{ kind: 'step', step, ...cost }]);
      return Promise.reject(
        new HomegrownError('device-lost', 'The browser or the driver reset the GPU. Step 2 is saved.'),
      );
    };
  };
  test('that is lost twice with the same settings is told with the steps, and once with others is not', async () => {
    const studio = await openTrained();
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

    gpu.resume = (input, options) => resume(store, input, 'CPU', jobOf(options));
    await studio.getState().resume(3);
    expect(studio.getState().phase.kind).toBe('finished');
    expect(studio.getState().lostAt).toEqual([]);
  });

  test('whose limits a plan exceeds is not started, nor resumed on', async () => {
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
    gpu = {};
    await studio.getState().start();
    expect(failureOf(studio)).toMatchObject({
      code: 'bad-settings',
      message: expect.stringMatching(/^The plan is/) as string,
    });
    await studio.getState().loadRun();
    await studio.getState().resume(9);
    expect(failureOf(studio)).toMatchObject({
      code: 'bad-settings',
      message: expect.stringMatching(/^The plan is/) as string,
    });
    expect(studio.getState().model?.saved.step).toBe(2);
  });
});

test('data that cannot be built for a resume is a failure with its reason, and a stop leaves the run as it was', async () => {
  const studio = await openTrained();
  studio.setState(({ run }) => ({ run: { ...run!, manifest: null }, phase: { kind: 'stopped', step: 2, of: 9 } }));
  data.buildData = () => Promise.reject(new HomegrownError('storage-full', 'No room for the ids'));
  await studio.getState().resume(9);
  expect(failureOf(studio)).toMatchObject({ code: 'storage-full', message: 'No room for the ids' });

  studio.setState({ phase: { kind: 'stopped', step: 2, of: 9 } });
  data.buildData = (_, { signal }) =>
    new Promise((__, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))));
  const resuming = studio.getState().resume(9);
  await vi.waitFor(() => expect(studio.getState().building.kind).toBe('busy'));
  studio.getState().stop();
  await resuming;
  expect(studio.getState().phase).toEqual({ kind: 'stopped', step: 2, of: 9 });
});

test('tokens of a generation that was ended are not taken for the next one’s', async () => {
  const studio = await openTrained();
  const token = (text: string): GeneratedToken => ({ id: 1, text, probability: 1, alternatives: [] });
  const tells: ((tokens: readonly GeneratedToken[]) => void)[] = [];
  const ends: (() => void)[] = [];
  gpu.generate = (_, { onProgress }) => {
    tells.push((tokens) => onProgress?.(tokens));
    return new Promise((resolve) => ends.push(() => resolve({ reason: 'stopped', ms: 1 })));
  };
  const first = studio.getState().generate();
  tells[0]!([token('a')]);
  await studio.getState().loadRun();
  const second = studio.getState().generate();
  tells[0]!([token('late')]);
  tells[1]!([token('b')]);
  ends[0]!();
  await first;
  expect(studio.getState()).toMatchObject({ written: [{ text: 'b' }], writing: { kind: 'writing' } });
  ends[1]!();
  await second;
  expect(studio.getState().writing.kind).toBe('done');
});
