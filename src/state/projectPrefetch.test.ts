/** Reads for a project opened on Data or on Runs, their order, and prefetching. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { goldenStoreOf, STOPPED } from '../testing/goldenPage';
import { type Halves, lonelyLocks } from '../testing/behindChannels';
import { browserOver } from '../testing/tabs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

/** Waits for the first reads without a limit; checks for other tabs at once. */
const patient = (ms: number): Promise<void> => (ms < 1000 ? new Promise(() => undefined) : Promise.resolve());
/** Waits until pending work has ended. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

test('if parts of data are shown, those of another project load with it, before its runs', async () => {
  const browser = browserOver(memoryStore(), patient);
  let asked: string[] = [];
  const { getState, subscribe } = browser.tab(({ data }) => {
    const { partRows, listRuns } = data;
    data.partRows = async (input, job) => {
      const rows = await partRows(input, job);
      await rest();
      asked.push('parts');
      return rows;
    };
    data.listRuns = (input, job) => (asked.push('runs'), listRuns(input, job));
  }).studio;
  await getState().load();
  const paste = 'The sea is wide. '.repeat(200);
  await getState().addPaste(paste, 'sea');
  expect(await getState().prepare()).toBe(true);
  const { id } = getState().project;
  await getState().newProject();
  const other = getState().project.id;
  await rest();

  asked = [];
  await getState().open(id);
  await getState().open(other);
  await rest();
  expect(asked).toEqual(['runs', 'runs']);

  asked = [];
  const read: unknown[] = [];
  const isLeft = getState().readBefore(async (inputs) => {
    const rows = await getState().partRows('validation', 0, 500, inputs);
    read.push(inputs.project.data, inputs.texts, rows);
  });
  const shown: unknown[] = [];
  subscribe(({ project, texts }) => {
    if (project.id === id && shown.length === 0) shown.push(project.data, texts, ...read.slice(2));
  });
  await getState().open(id);
  await rest();
  expect(asked).toEqual(['parts', 'runs']);
  expect(shown).toHaveLength(3);
  for (const [i, one] of read.entries()) expect(shown[i]).toBe(one); // the same objects, recognized by the page
  expect(read[2]).toEqual(await getState().partRows('validation', 0, 500));
  isLeft();
  asked = [];
  await getState().open(other);
  await getState().open(id);
  expect(asked).not.toContain('parts');
  browser.close();
});

/** A page with an empty project; another project has runs, and a list waits until it is released. */
async function emptyNextToRuns() {
  const store = await goldenStoreOf(STOPPED);
  const browser = browserOver(store, patient);
  const { getState } = browser.tab().studio;
  await getState().load();
  await getState().newProject();
  const empty = getState().project.id;
  const list = getState().runsOf('first'); // also caches their curves
  await list.whole;

  let lists = 0;
  let letGo = (): void => undefined;
  let isLetGo = Promise.resolve();
  const { studio } = browser.tab(({ data }: Halves) => {
    const { listRuns } = data;
    data.listRuns = async (input, job) => {
      lists++;
      await isLetGo;
      return listRuns(input, job);
    };
  });
  await studio.getState().load(empty);
  await rest();
  lists = 0;
  const hold = (): void => void (isLetGo = new Promise((resolve) => (letGo = resolve)));
  return { ...studio, browser, rows: list.rows!, lists: () => lists, hold, letGo: () => letGo() };
}

test('a prefetched project is shown at once, and read again', async () => {
  const { getState, subscribe, browser, rows, lists, hold, letGo } = await emptyNextToRuns();
  getState().showRuns();
  await getState().prefetch('first');
  expect(lists()).toBe(1);

  hold();
  const pictures: unknown[] = [];
  subscribe(({ project, texts, runs, opened }, before) => {
    if (runs !== before.runs || project !== before.project)
      pictures.push([project.id, texts.length, runs, Object.keys(opened)]);
  });
  const opening = getState().open('first');
  await rest();
  // Everything is shown, though later list requests aren't answered.
  expect(pictures).toEqual([['first', 3, rows, [STOPPED]]]);
  await vi.waitFor(() => expect(lists()).toBe(2));
  const shown = getState().runs;
  letGo();
  await opening;
  await rest();
  expect(getState().runs).toBe(shown); // the same object: nothing renders again
  expect(pictures).toHaveLength(1);
  browser.close();
});

test('a project opened during its prefetch is shown with those values, which are read once', async () => {
  const { getState, browser, rows, lists, hold, letGo } = await emptyNextToRuns();
  getState().showRuns();
  hold();
  void getState().prefetch('first');
  await vi.waitFor(() => expect(lists()).toBe(1));
  const opening = getState().open('first');
  await rest();
  expect(getState().project.id).not.toBe('first');
  letGo();
  await opening;
  await rest();
  expect([getState().runs, lists()]).toEqual([rows, 1]);
  browser.close();
});

test('changes by another tab after a prefetch are shown, and a project that it deletes is closed', async () => {
  const { getState, browser } = await emptyNextToRuns();
  const empty = getState().project.id;
  getState().showRuns();
  const theirs = browser.tab().studio.getState;
  await theirs().load('first');

  await getState().prefetch('first');
  theirs().change({ name: 'Moby' });
  await theirs().describeRun(STOPPED, { name: 'Ahab' });
  await theirs().removeTexts([theirs().texts[0]!.id]);
  await theirs().flush();
  await getState().open('first');
  await vi.waitFor(() => {
    const { project, runs, texts, opened } = getState();
    expect([project.name, opened[STOPPED]?.record?.name, texts.length]).toEqual(['Moby', 'Ahab', 2]);
    expect(runs?.map(({ record }) => record.name)).toContain('Ahab');
  });

  await getState().open(empty);
  await getState().prefetch('first');
  await theirs().deleteProject();
  await getState().open('first');
  await vi.waitFor(() => expect(getState().project.id).toBe(empty));
  browser.close();
});

test('prefetched values are dropped when no project can be opened any more, and failed reads are requested again', async () => {
  const { getState, browser, lists } = await emptyNextToRuns();
  getState().showRuns();
  await getState().prefetch('first');
  await getState().prefetch('first');
  expect(lists()).toBe(1);
  getState().dropPrefetched();
  await getState().prefetch('first');
  expect(lists()).toBe(2);

  let reads = 0;
  const isLeft = getState().readBefore(() => Promise.reject(new Error(`${++reads}`)));
  getState().dropPrefetched();
  await getState().prefetch('first');
  await getState().prefetch('first');
  expect([reads, getState().toasts]).toEqual([2, []]); // nothing is reported
  isLeft();
  await getState().prefetch('none');
  expect(getState().toasts).toEqual([]);
  expect(await getState().open('none')).toBe(false);
  browser.close();
});

test('of more than four prefetched projects, the least recently requested is dropped', async () => {
  const { getState, browser } = await emptyNextToRuns();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    await getState().addPaste(`The ${'abcde'[i]} is wide. `.repeat(20), `sea ${i}`);
    ids.push(getState().project.id);
    await getState().newProject();
  }
  const read: string[] = [];
  getState().readBefore(({ project }) => Promise.resolve(read.push(project.id)));
  for (const id of [...ids, ids[4]!, ids[1]!, ids[0]!]) await getState().prefetch(id);
  expect(read).toEqual([...ids, ids[0]]);
  browser.close();
});
