/** What is read for a project that is opened on Data or on Runs, in which order, and what is read before that. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { goldenStoreOf, STOPPED } from '../core/testing/goldenPage';
import { type Halves, lonelyLocks } from '../core/testing/behindChannels';
import { browserOver } from '../core/testing/tabs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

/** What is asked for first is waited for as long as it takes; other tabs are looked for at once. */
const patient = (ms: number): Promise<void> => (ms < 1000 ? new Promise(() => undefined) : Promise.resolve());
/** What is under way at rest has ended by then. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

test('where parts of data are shown, those of another project come with it, and its runs are read after them', async () => {
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
  for (const [i, one] of read.entries()) expect(shown[i]).toBe(one); // the same, by which the page knows its own
  expect(read[2]).toEqual(await getState().partRows('validation', 0, 500));
  isLeft();
  asked = [];
  await getState().open(other);
  await getState().open(id);
  expect(asked).not.toContain('parts');
  browser.close();
});

/** A page that shows an empty project, and the runs of which; another has some, and a list waits until it is let go. */
async function besideRuns() {
  const store = await goldenStoreOf(STOPPED);
  const browser = browserOver(store, patient);
  const { getState } = browser.tab().studio;
  await getState().load();
  await getState().newProject();
  const empty = getState().project.id;
  const list = getState().runsOf('first'); // which makes their curves
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

test('runs of a project that are read before it is opened are there when it is opened, and are read anew', async () => {
  const { getState, browser, rows, lists, hold, letGo } = await besideRuns();
  expect(getState().runsBefore('first')).toBeUndefined(); // no page shows runs
  getState().showRuns();
  await getState().runsBefore('first')!.whole;
  await rest();
  expect([getState().runsBefore('first'), lists()]).toEqual([undefined, 1]);

  hold();
  await getState().open('first');
  expect(getState().runs).toEqual(rows);
  await vi.waitFor(() => expect(lists()).toBe(2));
  letGo();
  browser.close();
});

test('one that is opened while its runs are read for that is shown with those, which are read once', async () => {
  const { getState, browser, rows, lists, hold, letGo } = await besideRuns();
  getState().showRuns();
  hold();
  getState().runsBefore('first');
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
