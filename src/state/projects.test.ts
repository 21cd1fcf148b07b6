/** Several projects in one browser: switching, creating, copying and deleting, and tabs on different ones. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { claimRun } from '../core/checkpoint/checkpoint';
import { initialProject, type TokenizerRecord } from '../core/runs/project';
import { readProject, saveProject, updateProject } from '../core/runs/projects';
import { addRun } from '../core/runs/record';
import { type Halves, lonelyLocks } from '../testing/behindChannels';
import { runRecord } from '../testing/runRecord';
import { type Browser, browserOver } from '../testing/tabs';
import { unansweredFiles } from './questions';
import { otherProjects, projectSize, unreadableProjects } from './projects';
import type { StudioStore } from './slices/studio';

let browser: Browser;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => browser.close());

/** Tabs over a store with projects `first`, a and b; b was opened last. */
async function opened(tabs = 1, store: BlobStore = memoryStore()): Promise<StudioStore[]> {
  for (const [i, id] of ['first', 'a', 'b'].entries())
    await saveProject(store, await readProject(store, id), { ...initialProject(id, i), name: id.toUpperCase() });
  browser = browserOver(store);
  const studios = Array.from({ length: tabs }, () => browser.tab().studio);
  for (const studio of studios) await studio.getState().load();
  return studios;
}
const shown = (studio: StudioStore): string => studio.getState().project.name;

test('shows the most recent project; another one opens unchanged, and is the most recent from then on', async () => {
  const store = memoryStore();
  const [studio] = await opened(1, store);
  const { open, setRecipe, flush } = studio!.getState();
  expect(shown(studio!)).toBe('B');
  setRecipe({ batch: 3 });
  expect(await open('a')).toBe(true); // saves the latest change
  await flush(); // the time of opening is stored a moment later
  expect(studio!.getState()).toMatchObject({ kept: 'yes', project: { id: 'a', recipe: initialProject().recipe } });
  expect(await store.get('projects/b')).toMatchObject({ recipe: { batch: 3 } });
  expect(await open('b')).toBe(true);
  expect(studio!.getState().project.recipe.batch).toBe(3);
  await flush();
  const again = browserOver(store).tab().studio;
  await again.getState().load();
  expect(shown(again)).toBe('B');
  await again.getState().load('first');
  expect(shown(again)).toBe('FIRST');
});

test("an opened project doesn't count as empty until its texts are read", async () => {
  const [studio] = await opened();
  await studio!.getState().addPaste('The sea is wide.', 'sea');
  await studio!.getState().open('a');
  await studio!.getState().flush();
  const seen: string[] = [];
  const stop = studio!.subscribe(({ project, loaded, texts }) => {
    const now = `${project.name} ${loaded} ${texts.length}`;
    if (seen.at(-1) !== now) seen.push(now);
  });
  await studio!.getState().open('b');
  stop();
  expect(seen).toContain('B loading 0');
  expect(seen).not.toContain('B ready 0');
  expect(seen.at(-1)).toBe('B ready 1');
});

test('a change during the search for another project is saved in its own project', async () => {
  const store = memoryStore();
  let isSlow = false;
  const slow: BlobStore = {
    ...store,
    async get(key) {
      if (isSlow && key === 'projects/a') await new Promise((resolve) => setTimeout(resolve, 50));
      return store.get(key);
    },
  };
  const [studio] = await opened(1, slow);
  isSlow = true;
  const opening = studio!.getState().open('a');
  await new Promise((resolve) => setTimeout(resolve, 10));
  studio!.getState().change({ name: 'Sea' });
  expect(await opening).toBe(true);
  await studio!.getState().flush();
  expect(shown(studio!)).toBe('A');
  expect(await store.get('projects/b')).toMatchObject({ name: 'Sea' });
  expect(await store.get('projects/a')).toMatchObject({ name: 'A' });
});

test('a missing, deleted or unreadable project is reported, and the shown one stays', async () => {
  const store = memoryStore();
  const [studio] = await opened(1, store);
  await store.commit({ put: [['projects/newer', { version: 99 }]] });
  await saveProject(store, await readProject(store, 'gone'), { ...initialProject('gone'), name: 'Gone', removedAt: 5 });
  const { open, load, listProjects } = studio!.getState();
  for (const [id, words] of [
    ['nobody', 'There is no such project here'],
    ['newer', 'This project cannot be opened'],
    ['gone', 'Gone was deleted'],
  ] as const) {
    expect(await open(id)).toBe(false);
    expect(studio!.getState().toasts.at(-1)?.text).toBe(words);
    await load(id);
    expect(shown(studio!)).toBe('B');
  }
  await listProjects();
  const rows = studio!.getState().projects;
  expect(rows.map(({ id, failure }) => [id, failure?.code])).toEqual([
    ['b', undefined],
    ['a', undefined],
    ['first', undefined],
    ['gone', undefined],
    ['newer', 'newer-version'],
  ]);
  expect(rows.map(projectSize)).toEqual(Array<string>(5).fill('empty'));
});

test('a new project is stored and shown, once; a copy has the settings and another name', async () => {
  const store = memoryStore();
  const [studio] = await opened(1, store);
  const { newProject, duplicateProject, setRecipe } = studio!.getState();
  expect([await newProject(), await newProject()]).toEqual([true, true]);
  expect(shown(studio!)).toBe('Untitled');
  expect(await store.keys('projects/')).toHaveLength(4);
  await studio!.getState().open('b');
  setRecipe({ batch: 3 });
  expect(await duplicateProject()).toBe(true);
  expect(studio!.getState().project).toMatchObject({ name: 'B copy', runId: null, recipe: { batch: 3 } });
});

test('a deleted project is hidden, can be restored, and is purged when the undo expires', async () => {
  const store = memoryStore();
  const [studio] = await opened(1, store);
  const { deleteProject, dismiss } = studio!.getState();
  await deleteProject();
  expect(shown(studio!)).toBe('A');
  expect(await store.get('projects/b')).toMatchObject({ removedAt: expect.any(Number) as number });
  studio!.getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(shown(studio!)).toBe('B'));
  dismiss(studio!.getState().toasts.at(-1)!.id); // after an undo nothing is purged
  await deleteProject();
  const note = studio!.getState().toasts.at(-1)!;
  expect(note.text).toBe('B deleted');
  expect(await store.keys('projects/')).toContain('projects/b');
  dismiss(note.id);
  await vi.waitFor(async () => expect(await store.keys('projects/')).toEqual(['projects/a', 'projects/first']));
});

test('two tabs on two projects each change their own, and don’t get the other’s changes', async () => {
  const store = memoryStore();
  const [a, b] = (await opened(2, store)) as [StudioStore, StudioStore];
  await a.getState().open('a');
  a.getState().change({ name: 'Ahab' });
  b.getState().change({ name: 'Starbuck' });
  a.getState().setRecipe({ batch: 3 });
  b.getState().setRecipe({ batch: 5 });
  await a.getState().flush();
  await b.getState().flush();
  expect(await store.get('projects/a')).toMatchObject({ name: 'Ahab', recipe: { batch: 3 } });
  expect(await store.get('projects/b')).toMatchObject({ name: 'Starbuck', recipe: { batch: 5 } });
  expect([...a.getState().toasts, ...b.getState().toasts]).toEqual([]);
});

test('a tab whose project is deleted in another continues with the previous project and restores nothing', async () => {
  const store = memoryStore();
  const [a, b] = (await opened(2, store)) as [StudioStore, StudioStore];
  // The tab changes a setting before it receives the deletion.
  await updateProject(store, 'b', (project) => ({ ...project, removedAt: 5 }));
  b.getState().setRecipe({ batch: 5 });
  await vi.waitFor(() => expect(shown(b)).toBe('A'));
  expect(b.getState().toasts).toMatchObject([{ text: 'B was deleted in another tab' }]);
  expect(await store.get('projects/b')).toMatchObject({ removedAt: 5, recipe: { batch: 5 } });
  // The tab also receives it if no project is left.
  await vi.waitFor(() => expect(shown(a)).toBe('A'));
  await store.commit({ drop: ['projects/a'] });
  b.getState().setRecipe({ batch: 5 });
  for (const studio of [a, b]) {
    await studio.getState().catchUp();
    await vi.waitFor(() => expect(shown(studio)).toBe('FIRST'));
  }
  expect(await store.keys('projects/')).toEqual(['projects/b', 'projects/first']);
  expect((await readProject(store, 'first')).project.recipe).toEqual(initialProject().recipe);
});

test('opening another project reads only the needed records', async () => {
  const store = memoryStore();
  const reads: string[] = [];
  const [studio] = await opened(1, { ...store, get: (key) => (reads.push(key), store.get(key)) });
  await studio!.getState().listUnreadable(); // which continues reading after the start
  reads.length = 0;
  await studio!.getState().open('a');
  expect(reads.filter((key) => key.startsWith('projects/'))).toEqual(['projects/a']);
  expect(reads.length).toBeLessThanOrEqual(2);
});

test('work on a project’s texts continues for it while another is shown, and its text stays its own', async () => {
  const store = memoryStore();
  const [studio] = await opened(1, store);
  const { addPaste, open, trainTokenizer } = studio!.getState();
  await addPaste('The whale is large. '.repeat(200), 'whale.txt');
  // Opens before the request ends, and before the text has its turn.
  const training = trainTokenizer({ kind: 'bpe', vocabulary: 300 });
  const adding = addPaste('An albatross. '.repeat(200), 'bird.txt');
  await open('a');
  expect(studio!.getState()).toMatchObject({ tokenizing: { kind: 'idle' } }); // that of the shown project
  expect(await training).toBe(true);
  await adding;
  expect(studio!.getState()).toMatchObject({ project: { id: 'a', tokenizer: null }, texts: [] });
  expect(studio!.getState().toasts.map(({ text }) => text)).toContain('bird.txt was added to B');
  await open('b');
  expect(
    studio!
      .getState()
      .texts.map(({ name }) => name)
      .sort(),
  ).toEqual(['bird.txt', 'whale.txt']);
  expect(studio!.getState().project.tokenizer).toMatchObject({ asked: 300 });
});

/** A page of a browser with an empty store. */
async function fresh(
  store: BlobStore,
  change: (halves: Halves) => void = () => undefined,
): Promise<StudioStore['getState']> {
  browser = browserOver(store);
  const { studio } = browser.tab(change);
  await studio.getState().load();
  return studio.getState;
}
const loose = (name: string) => ({ name, file: new File([`${name}: the whale is large. `.repeat(20)], name) });

test('the first project is stored once it has a text, and its texts are found again', async () => {
  const store = memoryStore();
  const getState = await fresh(store);
  await getState().addFiles([loose('a.txt'), loose('b.txt')]);
  await getState().flush();
  expect(getState().project.name).toBe('a and 1 more');
  expect(await store.keys('projects/')).toEqual(['projects/first']);
  expect(await getState().newProject()).toBe(true);
  expect(getState().project.id).not.toBe('first');
  expect(getState().projects.map(({ id }) => id)).toContain('first');
  expect(await getState().open('first')).toBe(true);
  expect(getState().texts.map(({ name }) => name)).toEqual(['2 files']);
});

test('an unstored project with texts, or with one arriving, is stored when it closes', async () => {
  const store = memoryStore();
  const old = await fresh(store);
  await old().addFiles([loose('a.txt'), loose('b.txt')]);
  await old().flush();
  await store.commit({ drop: ['projects/first'] }); // as an older build left it
  browser.close();
  const getState = await fresh(store);
  expect(await getState().newProject()).toBe(true);
  expect(await store.keys('projects/')).toContain('projects/first');
  browser.close();

  const other = memoryStore();
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const slow = await fresh(other, ({ data }) => {
    const { importFiles } = data;
    data.importFiles = (input, job) => held.then(() => importFiles(input, job));
  });
  await saveProject(other, await readProject(other, 'a'), initialProject('a', 1));
  const adding = slow().addFiles([loose('a.txt'), loose('b.txt')]);
  await vi.waitFor(() => expect(slow().importing.kind).toBe('busy'));
  expect(await slow().open('a')).toBe(true);
  goOn();
  await adding;
  expect(slow().texts).toEqual([]);
  expect(await slow().open('first')).toBe(true);
  expect(slow().texts.map(({ name }) => name)).toEqual(['2 files']);
});

test('the only project can be deleted, here and in another tab: a stored empty one replaces it', async () => {
  const store = memoryStore();
  const getState = await fresh(store);
  await getState().addPaste('The whale is large. '.repeat(20), 'whale.txt');
  await getState().deleteProject();
  expect(getState().toasts.map(({ text }) => text)).toEqual(['whale deleted']);
  const next = getState().project.id;
  expect(getState()).toMatchObject({ texts: [], project: { name: 'Untitled' } });
  expect(await store.keys('projects/')).toEqual(['projects/first', `projects/${next}`]);
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() =>
    expect(getState()).toMatchObject({ project: { name: 'whale' }, texts: [{ name: 'whale.txt' }] }),
  );

  // Deleted in another tab, with no other project left.
  await getState().flush();
  await store.commit({ drop: [`projects/${next}`] });
  await updateProject(store, 'first', (project) => ({ ...project, removedAt: 5 }));
  await getState().catchUp();
  await vi.waitFor(() => expect(getState().project.name).toBe('Untitled'));
  const { id } = getState().project;
  expect(getState().toasts.at(-1)?.text).toBe('whale was deleted in another tab');
  expect(await store.keys('projects/')).toEqual(['projects/first', `projects/${id}`]);
});

test('a project that was never stored is deleted too', async () => {
  const store = memoryStore();
  const old = await fresh(store);
  await old().addFiles([loose('a.txt'), loose('b.txt')]);
  await old().flush();
  await store.commit({ drop: ['projects/first'] });
  browser.close();
  const getState = await fresh(store);
  await getState().deleteProject();
  expect(getState().toasts.map(({ text }) => text)).toEqual(['Untitled deleted']);
  expect(getState().project.id).not.toBe('first');
  expect(await store.get('projects/first')).toMatchObject({ removedAt: expect.any(Number) as number });
});

test('a run restored after another project opened belongs to its own project, and not to that one', async () => {
  const store = memoryStore();
  for (const id of ['q', 'r']) {
    await addRun(store, runRecord({ id, projectId: 'b', status: 'stopped', step: 3, createdAt: id === 'q' ? 1 : 2 }));
    const tensors = new Map([['w', { shape: [1], data: Float32Array.of(1) }]]);
    const state = { step: 3, tokensSeen: 1, activeMs: 1, best: null };
    await (await claimRun(store, id)).save({ state, tensors });
  }
  const [studio] = await opened(1, store);
  const { getState } = studio!;
  await getState().listRuns();
  await getState().bringBack('r');
  await getState().deleteRun('r');
  expect(getState().project.runId).toBe('q');
  const note = getState().toasts.at(-1)!;
  await getState().open('a');
  note.undo!();
  await vi.waitFor(async () => expect(await store.get('projects/b')).toMatchObject({ runId: 'r' }));
  await getState().flush();
  expect(getState().project).toMatchObject({ id: 'a', runId: null });
  expect(await store.get('projects/a')).toMatchObject({ runId: null });
  await getState().open('b');
  expect(getState().project.runId).toBe('r');
});

test('failures, refusals, questions and lists of a project are not shown in another', async () => {
  const store = memoryStore();
  for (const id of ['first', 'a'])
    await saveProject(store, await readProject(store, id), initialProject(id, id === 'first' ? 2 : 1));
  await addRun(store, runRecord({ id: 'r', status: 'stopped', step: 3 }));
  let isHeld = false;
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const getState = await fresh(store, ({ data }) => {
    const { listRuns } = data;
    data.listRuns = async (input, job) => {
      const rows = await listRuns(input, job);
      if (isHeld) await held;
      return rows;
    };
    const died = (): Promise<never> => Promise.reject(new Error('The worker died'));
    data.trainTokenizer = died;
    data.buildData = died;
  });
  const torn = { name: 'bad.txt', file: new File([Uint8Array.of(0xff, 0xfe, 0xfd, 0, 1)], 'bad.txt') };
  const rows = { name: 'sea.jsonl', file: new File(['{"text": "The sea is wide."}\n'.repeat(20)], 'sea.jsonl') };
  await getState().addFiles([torn, rows]);
  await getState().trainTokenizer({ kind: 'bpe', vocabulary: 300 });
  getState().change({ tokenizer: { model: { kind: 'bytes', merges: [] } } as unknown as TokenizerRecord });
  await getState().buildData({ validation: 0.1, test: 0, seed: 0 });
  await getState().listRuns();
  expect(getState()).toMatchObject({
    drop: { failed: [{ name: 'bad.txt' }] },
    waitingFiles: [{ name: 'sea.jsonl' }],
    tokenizing: { kind: 'failed' },
    building: { kind: 'failed' },
    runs: [{ record: { id: 'r' } }],
  });
  isHeld = true;
  const listing = getState().listRuns();
  expect(await getState().open('a')).toBe(true);
  const of = { drop: null, tokenizing: { kind: 'idle' }, building: { kind: 'idle' }, runs: null };
  expect(getState()).toMatchObject(of);
  expect(unansweredFiles(getState())).toEqual([]);
  goOn();
  await listing;
  await vi.waitFor(() => expect(getState()).toMatchObject({ ...of, runs: [] }));
});

test('an unreadable project is a row with its contents, which continue in a new project', async () => {
  const store = memoryStore();
  const [studio] = await opened(1, store);
  const { addPaste, open, listProjects, rescueProject } = studio!.getState();
  await addPaste('The whale is large. '.repeat(20), 'whale.txt');
  await open('a');
  await store.commit({ put: [['projects/b', 'half a rec']] });
  await listProjects();
  expect(unreadableProjects(studio!.getState())).toMatchObject([
    { id: 'b', texts: 1, runs: 0, failure: { code: 'storage-damaged' } },
  ]);
  expect(otherProjects(studio!.getState()).map(({ id }) => id)).toEqual(['first']);
  expect(await rescueProject('b')).toBe(true);
  expect(shown(studio!)).toBe('Recovered');
  expect(studio!.getState().texts.map(({ name }) => name)).toEqual(['whale.txt']);
  expect(await store.get('projects/b')).toBe('half a rec');
});
