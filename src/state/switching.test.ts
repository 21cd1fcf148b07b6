/** What another project is shown with, and what is asked for meanwhile. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { lonelyLocks } from '../core/testing/behindChannels';
import { browserOver } from '../core/testing/tabs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('what a project is shown with is asked for before it is: its texts come with it, and its runs are listed once', async () => {
  const browser = browserOver(memoryStore(), () => new Promise(() => undefined)); // patient
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
