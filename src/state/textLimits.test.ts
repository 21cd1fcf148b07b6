/** Text that a person types is stored up to the maximum length that its field states. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_NAME, MAX_NOTE, MAX_PROJECT_NAME, MAX_TAG, MAX_TAGS } from '../core/base/textLimits';
import { readProject } from '../core/runs/projects';
import { lonelyLocks } from '../testing/behindChannels';
import { goldenStore } from '../testing/golden';
import { FINISHED } from '../testing/goldenPage';
import { type Browser, browserOver } from '../testing/tabs';

let browser: Browser;
beforeEach(() => void vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => browser.close());

test('names, tags and notes of megabytes are stored up to the maximum length of their fields', async () => {
  const store = await goldenStore();
  browser = browserOver(store);
  const a = browser.tab().studio;
  await a.getState().load();
  const long = '🐋'.repeat(1e6);
  a.getState().change({ name: `x${long}` });
  await a.getState().flush();
  const { name } = (await readProject(store, a.getState().project.id)).project;
  expect(name).toBe(`x${'🐋'.repeat((MAX_PROJECT_NAME - 2) / 2)}`);
  expect(a.getState().project.name).toBe(name);
  await a.getState().listRuns();
  const tags = [long, ...Array.from({ length: 1500 }, (_, i) => String(i))];
  await a.getState().describeRun(FINISHED, { name: long, note: long, tags });
  const { record } = a.getState().runs!.find(({ record }) => record.id === FINISHED)!;
  expect([record.name.length, record.note.length]).toEqual([MAX_NAME, MAX_NOTE]);
  expect([record.tags.length, record.tags[0]!.length <= MAX_TAG]).toEqual([MAX_TAGS, true]);
  await a.getState().addPaste('The whale is large. '.repeat(20), long);
  expect(a.getState().texts.find(({ name }) => name.startsWith('🐋'))?.name.length).toBe(MAX_NAME);
}, 120_000);
