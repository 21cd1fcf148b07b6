/** Work for a project while another project opens or it is deleted. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { initialProject } from '../core/runs/project';
import { readProject, saveProject } from '../core/runs/projects';
import { type Halves, lonelyLocks } from '../testing/behindChannels';
import { goldenStore } from '../testing/golden';
import { FINISHED } from '../testing/goldenPage';
import { type Browser, browserOver } from '../testing/tabs';
import { dataState } from './preparation';
import type { StudioStore } from './slices/studio';

let browser: Browser;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => browser.close());
const shown = (studio: StudioStore): string => studio.getState().project.name;

/** A page of a browser with an empty store. */
async function fresh(store: BlobStore, change: (halves: Halves) => void): Promise<StudioStore['getState']> {
  browser = browserOver(store);
  const { studio } = browser.tab(change);
  await studio.getState().load();
  return studio.getState;
}
const loose = (name: string) => ({ name, file: new File([`${name}: the whale is large. `.repeat(20)], name) });

test('texts of a closed project are tokenized for it, and shown only there', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const store = memoryStore();
  const getState = await fresh(store, ({ data }) => {
    const { buildData } = data;
    data.buildData = (input, job) => held.then(() => buildData(input, job));
  });
  await saveProject(store, await readProject(store, 'a'), initialProject('a', 1));
  await getState().addPaste('The whale is large. '.repeat(200), 'whale.txt');
  getState().change({ tokenizerChoice: { kind: 'bytes', vocabulary: 257 } });
  const preparing = getState().prepare();
  await vi.waitFor(() => expect(getState().building.kind).toBe('busy'));
  await getState().open('a');
  expect(getState().building.kind).toBe('idle');
  await getState().open('first');
  expect(getState().building.kind).toBe('busy');
  await getState().open('a');
  goOn();
  expect(await preparing).toBe(true);
  expect(getState().project).toMatchObject({ id: 'a', data: null });
  await getState().open('first');
  expect(dataState(getState())).toBe('done');
});

test('texts that are slow to list are not shown in a project opened meanwhile', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const store = memoryStore();
  let isSlow = false;
  const getState = await fresh(store, ({ data }) => {
    const { listTexts } = data;
    data.listTexts = async (input, job) => {
      const texts = await listTexts(input, job);
      if (isSlow && input.projectId === 'first') await held;
      return texts;
    };
  });
  await saveProject(store, await readProject(store, 'a'), initialProject('a', 1));
  await getState().addPaste('The whale is large. '.repeat(20), 'whale.txt');
  isSlow = true;
  const loading = getState().loadTexts();
  await getState().open('a');
  goOn();
  await loading;
  expect(getState()).toMatchObject({ project: { id: 'a' }, texts: [] });
});

test('a project with an import in progress is not deleted, and the reason is shown', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const store = memoryStore();
  const getState = await fresh(store, ({ data }) => {
    const { importFiles, importPaste } = data;
    data.importFiles = (input, job) => held.then(() => importFiles(input, job));
    data.importPaste = (input, job) => held.then(() => importPaste(input, job));
    data.importModel = () => held.then(() => Promise.reject(new Error('torn')));
  });
  const adding = getState().addFiles([loose('a.txt')]);
  await vi.waitFor(() => expect(getState().importing.kind).toBe('busy'));
  const queued = getState().addPaste('An albatross. '.repeat(20), 'bird.txt');
  const modelling = getState().importModel([new File(['x'], 'm.zip')]);
  await vi.waitFor(() => expect(getState().takingIn).toEqual(['first', 'first', 'first']));
  expect(await store.keys('projects/')).toEqual(['projects/first']); // before what is to be in it
  await getState().deleteProject();
  expect(getState().project.id).toBe('first');
  expect(getState().toasts.at(-1)!.text).toMatch(/An import is running: stop it or wait/);
  goOn();
  await Promise.all([adding, queued, modelling]);
  expect(getState().takingIn).toEqual([]);
  await getState().deleteProject();
  expect(getState().project.id).not.toBe('first');
});

test('an import into a project that another tab deletes is reported and not stored, however late it ends', async () => {
  browser = browserOver(await goldenStore());
  const exported = { runId: FINISHED, which: 'latest', format: 'hf', withOptimizer: false } as const;
  const { file: zip } = await browser.tab().data.call('exportModel', exported);
  browser.close();
  for (const isPurged of [true, false]) {
    const store = memoryStore();
    for (const id of ['a', 'b'])
      await saveProject(store, await readProject(store, id), { ...initialProject(id, 1), name: id.toUpperCase() });
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    browser = browserOver(store);
    const here = browser.tab(({ data }) => {
      const { importFiles, importPaste, importModel } = data;
      data.importPaste = (input, job) => held.then(() => importPaste(input, job));
      // Midway: some of it is already in the store.
      data.importFiles = (input, job) => importFiles({ ...input, files: [...input.files, slow(held) as never] }, job);
      data.importModel = (input, job) => held.then(() => importModel(input, job));
    }).studio;
    const there = browser.tab().studio;
    for (const { getState } of [here, there]) await getState().load('a');
    const adding = here.getState().addFiles([loose('a.txt')]);
    await vi.waitFor(async () => expect(await store.keys('draft/')).toHaveLength(1));
    const queued = here.getState().addPaste('An albatross. '.repeat(20), 'bird.txt');
    const modelling = here.getState().importModel([new File([zip], 'm.zip')]);
    await there.getState().deleteProject();
    if (isPurged) {
      there.getState().dismiss(there.getState().toasts.at(-1)!.id);
      await vi.waitFor(async () => expect(await store.keys('projects/')).toEqual(['projects/b']));
    }
    await vi.waitFor(() => expect(shown(here)).toBe('B'));
    goOn();
    await Promise.all([adding, queued, modelling]);
    expect(
      here
        .getState()
        .toasts.map(({ text }) => text)
        .sort(),
    ).toEqual(
      [
        'A was deleted in another tab',
        'bird.txt was not added to A',
        'a.txt was not added to A',
        'Couldn’t import m.zip into A',
      ].sort(),
    );
    for (const { text, detail } of here.getState().toasts)
      if (text.includes(' was not ')) expect(detail).toMatch(/was deleted, .*Undo the/);
    expect(here.getState()).toMatchObject({ refused: [], importingModel: { kind: 'idle' } });
    expect((await store.keys('')).filter((key) => !key.startsWith('projects/'))).toEqual([]);
    browser.close();
  }
}, 120_000);

/** A file that is not read before `held`. */
const slow = (held: Promise<void>) => ({
  name: 'slow.txt',
  file: {
    size: 2 ** 20, // not read before its turn
    stream: () =>
      new ReadableStream({
        async pull(to) {
          await held;
          to.enqueue(new TextEncoder().encode('x'));
          to.close();
        },
      }),
  },
});
