/** Changes of one tab appear in the lists of another; removed items stay as long as an undo is possible. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { initialProject } from '../core/runs/project';
import { readProject, saveProject } from '../core/runs/projects';
import { lonelyLocks } from '../testing/behindChannels';
import { goldenStore } from '../testing/golden';
import { FINISHED, STOPPED } from '../testing/goldenPage';
import { type Browser, browserOver } from '../testing/tabs';
import { isUndoLive } from '../storage/lock';
import type { StudioStore } from './slices/studio';

let browser: Browser;
beforeEach(() => void vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => browser.close());
async function tabs(store: BlobStore): Promise<[StudioStore, StudioStore]> {
  browser = browserOver(store);
  const [a, b] = [browser.tab().studio, browser.tab().studio];
  for (const { getState } of [a, b]) {
    await getState().load();
    await getState().listRuns();
    await getState().listProjects();
  }
  return [a, b];
}

test('texts, runs and projects that another tab changed are listed again', async () => {
  const [a, b] = await tabs(await goldenStore());
  const texts = () =>
    b
      .getState()
      .texts.map(({ name }) => name)
      .sort();
  const there = texts();
  await a.getState().addPaste('An albatross. '.repeat(20), 'bird.txt');
  await vi.waitFor(() => expect(texts()).toEqual([...there, 'bird.txt'].sort()));
  const bird = a.getState().texts.find(({ name }) => name === 'bird.txt')!;
  await a.getState().removeTexts([bird.id]);
  await vi.waitFor(() => expect(texts()).toEqual(there));
  a.getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(texts()).toEqual([...there, 'bird.txt'].sort()));

  const row = (id: string) => b.getState().runs!.find(({ record }) => record.id === id);
  await a.getState().freeRun(FINISHED);
  await vi.waitFor(() => expect(row(FINISHED)?.bytes).toBe(0));
  await a.getState().deleteRun(STOPPED);
  await vi.waitFor(() => expect(row(STOPPED)).toBeUndefined());
  a.getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(row(STOPPED)).toBeDefined());

  a.getState().change({ name: 'Ahab' });
  await vi.waitFor(() => expect(b.getState().projects.map(({ name }) => name)).toEqual(['Ahab']));
  await a.getState().newProject();
  await vi.waitFor(() => expect(b.getState().projects).toHaveLength(2));
}, 120_000);

test('many hints cause one reload, and projects are listed less often', async () => {
  const waits = new Map<number, () => void>();
  const pause = (ms: number) => new Promise<void>((resolve) => void waits.set(ms, resolve));
  browser = browserOver(memoryStore(), pause);
  const listed: string[] = [];
  const [a, b] = [
    browser.tab().studio,
    browser.tab(({ data }) => {
      const { listTexts, projects } = data;
      data.listTexts = (...call) => (listed.push('texts'), listTexts(...call));
      data.projects = (...call) => (listed.push('projects'), projects(...call));
    }).studio,
  ];
  for (const { getState } of [a, b]) await getState().load();
  a.getState().change({ name: 'Sea' });
  await vi.waitFor(() => expect(b.getState().project.name).toBe('Sea'));
  await b.getState().listProjects();
  listed.length = 0;
  for (const name of ['Ahab', 'Queequeg', 'Starbuck']) {
    a.getState().change({ name });
    await vi.waitFor(() => expect(b.getState().project.name).toBe(name));
  }
  await vi.waitFor(() => expect([...waits.keys()].sort()).toEqual([1000, 5000]));
  expect(listed).toEqual([]);
  waits.get(1000)!();
  await vi.waitFor(() => expect(listed).toEqual(['texts']));
  waits.get(5000)!();
  await vi.waitFor(() => expect(b.getState().projects.map(({ name }) => name)).toEqual(['Starbuck']));
  expect(listed).toEqual(['texts', 'projects']);
});

test('an item that a tab can undo stays, however long and though another starts, and is purged once none can', async () => {
  const store = memoryStore();
  await saveProject(store, await readProject(store, 'other'), { ...initialProject('other', 1), name: 'Other' });
  browser = browserOver(store);
  const { getState } = browser.tab().studio;
  await getState().load('other');
  await getState().addPaste('The whale is large. '.repeat(20), 'whale.txt');
  const [text] = getState().texts;
  // By this page's clock, everything has its maximum age.
  await getState().removeTexts([text!.id]);
  const begin = async (isLive: boolean): Promise<void> => {
    await vi.waitFor(async () => expect(await isUndoLive()).toBe(isLive));
    await browser.tab().studio.getState().load('other');
  };
  await begin(true);
  expect(await store.keys('texts/')).toHaveLength(1);
  const note = getState().toasts.at(-1)!;
  note.undo!();
  getState().dismiss(note.id);
  await vi.waitFor(async () => expect(await store.get(`texts/${text!.id}`)).toMatchObject({ projects: ['other'] }));

  await getState().deleteProject();
  await begin(true);
  expect(await store.keys('projects/')).toContain('projects/other');
  getState().toasts.at(-1)!.undo!();
  getState().dismiss(getState().toasts.at(-1)!.id);
  await vi.waitFor(() => expect(getState().project.id).toBe('other'));

  // A page that closes midway offers no undo any more.
  await store.commit({ put: [['projects/gone', { version: 2, name: 'Gone', removedAt: 5 }]] });
  await begin(false);
  await vi.waitFor(async () => expect(await store.keys('projects/')).not.toContain('projects/gone'));
}, 120_000);
