/** Values that another project opens with, and requests meanwhile. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { readProject, updateProject } from '../core/runs/projects';
import { type Halves, lonelyLocks } from '../testing/behindChannels';
import { browserOver } from '../testing/tabs';
import type { Studio, StudioStore } from './slices/studio';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('a project opens with its texts, which are requested before, and its runs are listed once', async () => {
  const browser = browserOver(memoryStore(), () => new Promise(() => undefined)); // waits without a limit
  let lists = 0;
  const { getState, subscribe } = browser.tab(({ data }) => {
    const { listRuns } = data;
    data.listRuns = (input, job) => (lists++, listRuns(input, job));
  }).studio;
  await getState().load();
  await getState().addPaste('The sea is wide.', 'sea');
  const { id } = getState().project;
  await getState().newProject();
  lists = 0;
  const seen = new Set<string>();
  subscribe(({ project, loaded, texts }) => seen.add(`${project.name} ${loaded} ${texts.length}`));
  await getState().open(id);
  await vi.waitFor(() => expect(getState().runs).toEqual([]));
  expect([[...seen], lists]).toEqual([['sea ready 1'], 1]);
  browser.close();
});

/** Waits for the first reads without a limit; checks changes by other tabs at once. */
const patient = (ms: number): Promise<void> => (ms < 1000 ? new Promise(() => undefined) : Promise.resolve());
/** Computes the next list of a project's texts at once, and delays its delivery until released. */
function hold(data: Halves['data'], projectId: string) {
  let letGo = (): void => undefined;
  let onMade = (): void => undefined;
  const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
  const isMade = new Promise<void>((resolve) => (onMade = resolve));
  const { listTexts } = data;
  data.listTexts = async (input, job) => {
    const texts = await listTexts(input, job);
    if (input.projectId !== projectId) return texts;
    data.listTexts = listTexts;
    onMade();
    await isLetGo;
    return texts;
  };
  return { isMade, letGo };
}
/** A project with one text, of the same name. */
async function begin({ getState }: Pick<StudioStore, 'getState'>, name: string): Promise<string> {
  if (getState().texts.length > 0) await getState().newProject();
  await getState().addPaste(`The ${name} is wide. `.repeat(20), name);
  await getState().flush();
  return getState().project.id;
}
const shown = ({ project, texts }: Studio): string => `${project.name}: ${texts.map(({ name }) => name).join(', ')}`;

test('runs load before other values only if runs are shown', async () => {
  const browser = browserOver(memoryStore(), patient);
  let data!: Halves['data'];
  const { getState } = browser.tab((halves) => ({ data } = halves)).studio;
  await getState().load();
  const [sea, hill] = [await begin({ getState }, 'sea'), await begin({ getState }, 'hill')];
  const { listRuns } = data;
  const shownAs: string[] = [];
  data.listRuns = (input, job) => (shownAs.push(getState().project.name), listRuns(input, job));
  const isLeft = getState().showRuns();
  await getState().open(sea);
  isLeft();
  await getState().open(hill);
  expect(shownAs).toEqual(['hill', 'hill']);
  browser.close();
});

test("of two projects requested in succession the last is shown, whenever the first one's values arrive", async () => {
  const browser = browserOver(memoryStore());
  let data!: Halves['data'];
  const { studio } = browser.tab((halves) => ({ data } = halves));
  await studio.getState().load();
  const [sea, hill] = [await begin(studio, 'sea'), await begin(studio, 'hill')];
  await begin(studio, 'wood');
  const { isMade, letGo } = hold(data, sea);
  const pictures = new Set<string>();
  studio.subscribe((s) => s.loaded === 'ready' && pictures.add(shown(s)));
  const opened = [studio.getState().open(sea), studio.getState().open(hill)];
  await isMade;
  letGo();
  expect(await Promise.all(opened)).toEqual([true, true]);
  await studio.getState().listRuns();
  expect(shown(studio.getState())).toBe('hill: hill');
  expect([...pictures]).toEqual(['sea: sea', 'hill: hill']);
  browser.close();
});

test('changes by another tab during a read are shown, and a project that it deletes is closed', async () => {
  const browser = browserOver(memoryStore(), patient);
  const a = browser.tab().studio.getState;
  let data!: Halves['data'];
  const b = browser.tab((halves) => ({ data } = halves)).studio.getState;
  await a().load();
  const [sea, hill] = [await begin({ getState: a }, 'sea'), await begin({ getState: a }, 'hill')];
  await b().load(hill);
  await a().open(sea);

  const added = hold(data, sea);
  const opening = b().open(sea);
  await added.isMade;
  await a().addPaste('The whale is large. '.repeat(20), 'whale');
  a().change({ name: 'Moby' });
  await a().flush();
  added.letGo();
  expect(await opening).toBe(true);
  await vi.waitFor(() => expect(shown(b())).toBe('Moby: sea, whale'));

  await b().open(hill);
  const deleted = hold(data, sea);
  const again = b().open(sea);
  await deleted.isMade;
  await a().deleteProject();
  deleted.letGo();
  await again;
  await vi.waitFor(() => expect(shown(b())).toBe('hill: hill'));
  expect(b().toasts.map(({ text }) => text)).toContain('Moby was deleted in another tab');
  browser.close();
});

test('the time of opening is stored after the runs are read, which it would delay', async () => {
  const store = memoryStore();
  const browser = browserOver(store);
  let letGo = (): void => undefined;
  const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
  const { getState } = browser.tab(({ data }) => {
    const { listRuns } = data;
    data.listRuns = (input, job) => isLetGo.then(() => listRuns(input, job));
  }).studio;
  await getState().load();
  const [sea] = [await begin({ getState }, 'sea'), await begin({ getState }, 'hill')];
  await updateProject(store, sea, (project) => ({ ...project, openedAt: 5 })); // the test's clock is at 0
  const openedAt = async () => (await readProject(store, sea)).project.openedAt;
  expect(await getState().open(sea)).toBe(true);
  await getState().flush();
  expect(await openedAt()).toBe(5);
  letGo();
  await vi.waitFor(async () => expect(await openedAt()).toBe(0));
  browser.close();
});
