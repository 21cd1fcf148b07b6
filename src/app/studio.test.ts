/** Words and actions of the frame over a real studio with inert workers. */
import { beforeEach, expect, test } from 'vitest';
import { HomegrownError, toFailure } from '../core/base/errors';
import { inertServices } from '../testing/inertServices';
import { runRecord } from '../testing/runRecord';
import { showing } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { RunLog } from '../state/runLog';
import { createStudio } from '../state/studio';
import { IDLE } from '../state/work';
import { commands, type Shell } from './commands';
import { receive } from './dropped';
import { questionsOf } from '../state/questions';
import { readPhase, title } from './phase';
import { stageAt } from './routes';
import { runAction } from './runAction';
import { STAGES } from './stages';
import type { StudioStore } from '../state/slices/studio';

const calls: { method: string; input: unknown }[] = [];
const silent = {
  call: (method: string, input: unknown) => {
    calls.push({ method, input });
    return new Promise<never>(() => undefined);
  },
  end: () => undefined,
};
let store: StudioStore;
beforeEach(() => {
  calls.length = 0;
  store = createStudio({ ...inertServices(), data: silent, gpu: silent, verify: silent });
});
const TEXT = { id: 't', name: 'a.txt', characters: 9 } as never;
const recipe = { ...DEFAULT_RECIPE, steps: 10 };
const shell: Shell = {
  stage: stageAt('/train'),
  go: () => undefined,
  openPalette: () => undefined,
  openHelp: () => undefined,
  openUnreadable: () => undefined,
  openPrivacy: () => undefined,
  askToRunAgain: () => undefined,
  rename: () => undefined,
  deleteEverything: () => undefined,
  hasSingleKeys: true,
  toggleSingleKeys: () => undefined,
};

test('the button follows the phase', () => {
  const label = () => runAction(store.getState()).label;
  expect(runAction(store.getState()).reason).toBe('Add text first');
  store.setState({ texts: [TEXT] });
  expect(runAction(store.getState()).reason).toBeUndefined();
  expect(label()).toBe('Start training');
  showing(store, { phase: { kind: 'preparing' } });
  expect(label()).toBe('Stop');
  showing(store, { phase: { kind: 'training', step: 3, of: 10 } });
  expect(label()).toBe('Stop and save');
  showing(store, { phase: { kind: 'stopping', step: 3, of: 10 } });
  expect(runAction(store.getState()).reason).toBeDefined();
  showing(store, {
    phase: { kind: 'stopped', step: 3, of: 10 },
    record: runRecord({ recipe, data: { id: 'sea' } }),
    saved: { step: 3, bytes: 1, at: null },
  });
  expect(label()).toBe('Resume');
  showing(store, { saved: { step: 10, bytes: 1, at: null }, phase: { kind: 'finished', step: 10, of: 10 } });
  expect(label()).toBe('Start training');
});

test('a model imported without its text resumes only once there is text', () => {
  showing(store, {
    phase: { kind: 'stopped', step: 3, of: 10 },
    record: runRecord({ recipe }),
    saved: { step: 3, bytes: 1, at: null },
  });
  expect(runAction(store.getState()).reason).toMatch(/Add text first/);
  store.setState({ texts: [TEXT] });
  expect(runAction(store.getState()).reason).toBeUndefined();
});

test('the strip shows the current activity, its share and the time left', () => {
  const log = new RunLog();
  log.step.push(10, 20);
  log.activeMs.push(1000, 2000);
  showing(store, { phase: { kind: 'training', step: 20, of: 100 }, log });
  expect(readPhase(store.getState(), 0)).toEqual({
    fact: { label: 'Training', value: 'step 20', detail: 'of 100, 8 s left' },
    progress: { label: 'Training', share: 0.2 },
  });
  expect(title(store.getState(), 'Train')).toBe('step 20 · Homegrown');
});

test('the strip counts the kernels while they are compiled', () => {
  const fact = (kernels?: { done: number; of: number }) => {
    showing(store, { phase: { kind: 'compiling', ...(kernels && { kernels }) } });
    return readPhase(store.getState(), 0);
  };
  expect(fact().fact).toEqual({ label: 'Compiling', value: 'the training step' });
  expect(fact({ done: 8, of: 32 })).toEqual({
    fact: { label: 'Compiling', value: '32 kernels', detail: '8 done' },
    progress: { label: 'Compiling', share: 0.25 },
  });
  const train = () => stageAt('/train')?.state(store.getState()).line;
  expect([train(), title(store.getState(), 'Train')]).toEqual(['compiling', 'compiling · Homegrown']);
  // The time for measuring and the first step is unknown, so there is no bar, and certainly no full one.
  expect(fact({ done: 32, of: 32 })).toEqual({ fact: { label: 'Running', value: 'the first step' } });
  expect([train(), title(store.getState(), 'Train')]).toEqual(['first step', 'beginning · Homegrown']);
});

test('a failure stays in the strip, in red and in words', () => {
  const failure = toFailure(new HomegrownError('device-lost', 'The GPU went away'));
  showing(store, { phase: { kind: 'failed', failure, step: 5, of: 10 } });
  const { fact, progress } = readPhase(store.getState(), 0);
  expect(fact).toEqual({ label: 'Failed', value: 'the GPU was lost', tone: 'error' });
  expect(progress?.isStopped).toBe(true);
});

test('no key means two things at once, on any stage and in any phase', () => {
  const phases = [{ kind: 'idle' }, { kind: 'training', step: 1, of: 2 }, { kind: 'stopped', step: 1, of: 2 }] as const;
  const busy = { kind: 'busy', progress: null, since: 0, at: 0, stop: () => undefined } as const;
  for (const [phase, importingModel] of phases.flatMap((p) => [[p, IDLE] as const, [p, busy] as const])) {
    for (const stage of STAGES) {
      store.setState({ importingModel, texts: [TEXT] });
      const saved = { step: 1, bytes: 1, at: null };
      showing(store, { phase, saved, usable: saved, record: runRecord({ recipe: { ...recipe, steps: 2 } }) });
      const keys = commands(store.getState(), store, { ...shell, stage }).flatMap((a) => a.keys ?? []);
      expect(new Set(keys).size).toBe(keys.length);
    }
  }
});

test('a file being read is named once', () => {
  const progress = { label: 'Reading moby-dick.txt', done: 1, of: 4, unit: 'bytes' as const };
  store.setState({ importing: { kind: 'busy', progress, since: 0, at: 0, stop: () => undefined } });
  expect(readPhase(store.getState(), 0).fact).toMatchObject({ label: 'Reading', value: 'moby-dick.txt' });
});

test('routes a model to the importer and texts to the texts', async () => {
  const dropped = (name: string, bytes: string) => [{ path: `d/${name}`, file: new File([bytes], name) }];
  expect(await receive(store, dropped('m.zip', 'PK … model.safetensors …'))).toBe('export');
  expect(await receive(store, [...dropped('config.json', '{}'), ...dropped('model.safetensors', 'x')])).toBe('export');
  expect(await receive(store, dropped('m.zip', 'PK … onnx/model.onnx …'))).toBe('export');
  expect(await receive(store, dropped('m.gguf', 'GGUF'))).toBe('export');
  expect(await receive(store, dropped('letters.zip', 'PK … june.txt …'))).toBe('text');
  expect(await receive(store, dropped('june.txt', 'Dear'))).toBe('text');
  const names = () => calls.map(({ method }) => method);
  await expect.poll(names).toEqual([...new Array<string>(4).fill('importModel'), 'importFiles']);
});

test("weights deep in a folder of texts don't make it a model; readable weights at the top do", async () => {
  const folder = (name: string) =>
    [name, 'd/june.txt'].map((path) => ({ path, file: new File(['x'], path.split('/').at(-1)!) }));
  expect(await receive(store, folder('d/model.pt'))).toBe('export');
  expect(await receive(store, folder('d/old/runs/model.pt'))).toBe('text');
  expect(await receive(store, folder('d/snapshots/1/model.safetensors'))).toBe('export');
  const methods = () => calls.map(({ method }) => method).sort();
  await expect.poll(methods).toEqual(['importFiles', 'importModel', 'importModel']);
});

test('asks about markup, skips hidden files, and adds the other texts meanwhile', async () => {
  const dropped = (name: string, bytes: string) => ({ name, file: new File([bytes], name) });
  const { addFiles, addUnchanged, skip } = store.getState();
  const imported = () =>
    calls.flatMap(({ method, input }) =>
      method === 'importFiles' ? (input as { files: { name: string }[] }).files.map(({ name }) => name) : [],
    );
  void addFiles([
    dropped('d/.DS_Store', '\0\0\0\x01Bud1'),
    dropped('d/page.xml', '<p>Hi'),
    dropped('d/june.txt', 'Dear'),
    dropped('d/rows.txt', '{"a": 1}'),
    dropped('__MACOSX/d/._june.txt', '\0'),
  ]);
  await expect.poll(imported).toEqual(['d/june.txt']);
  const asked = () => questionsOf(store.getState()).map(({ kind, files }) => [kind, files.map(({ name }) => name)]);
  expect(asked()).toEqual([
    ['markup', ['d/page.xml']],
    ['looking', ['d/rows.txt']],
  ]);
  expect(store.getState().drop).toMatchObject({
    skipped: [{ name: 'd/.DS_Store' }, { name: '__MACOSX/d/._june.txt' }],
  });
  expect(store.getState()).toMatchObject({ refused: [], toasts: [] });
  const [json] = store.getState().waitingFiles.slice(1);
  skip([json!]);
  expect(asked()).toEqual([['markup', ['d/page.xml']]]);
  expect(store.getState().drop!.skipped.at(-1)).toMatchObject({ name: 'd/rows.txt', why: 'skipped by you' });

  // A second drop while a question waits has its own.
  await addFiles([dropped('a.csv', 'x,y')]);
  await store.getState().addPaste('<!doctype html><p>Hi', 'Pasted text');
  expect(asked()).toContainEqual(['markup', ['d/page.xml', 'Pasted text']]);
  expect(store.getState().waitingFiles.map(({ kind }) => kind)).toEqual(['xml', 'csv', 'html']);
  expect(imported()).toEqual(['d/june.txt']);
  void addUnchanged(store.getState().waitingFiles.filter(({ kind }) => kind !== 'csv'));
  expect(store.getState().waitingFiles.map(({ kind }) => kind)).toEqual(['csv']);
});
