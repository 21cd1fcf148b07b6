/** Number of state changes on a project switch; each one rerenders the page. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lonelyLocks } from '../testing/behindChannels';
import { goldenStoreOf, STOPPED } from '../testing/goldenPage';
import { browserOver } from '../testing/tabs';
import type { StudioStore } from './slices/studio';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

/** Waits for the first reads without a limit; never stores the time of opening. */
const patient = (ms: number): Promise<void> => (ms < 1000 ? new Promise(() => undefined) : Promise.resolve());
/** Waits until pending work has ended. */
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

const LOADED = ['project', 'loaded', 'kept', 'texts', 'samples', 'runs', 'opened', 'shown', 'openingRuns'] as const;
/** Records each state change of values that a switch loads: the project, its texts, its runs, the run of its pages. */
function pictures({ subscribe }: Pick<StudioStore, 'subscribe'>): string[] {
  const all: string[] = [];
  subscribe((now, before) => {
    if (LOADED.every((field) => now[field] === before[field])) return;
    const { project, loaded, texts, runs, opened, openingRuns } = now;
    const ids = Object.keys(opened).map((id) => (id === STOPPED ? 'its run' : id));
    const counts = `${texts.length} texts, ${runs?.length ?? 'unlisted'} runs`;
    all.push([project.id, loaded, counts, ...ids, ...(openingRuns ? ['opening'] : [])].join(', '));
  });
  return all;
}

test('with runs shown, opening another project is one update, the first time and on return', async () => {
  const store = await goldenStoreOf(STOPPED);
  const browser = browserOver(store, patient);
  const { getState } = browser.tab().studio;
  await getState().load();
  await getState().newProject();
  const other = getState().project.id;
  const list = getState().runsOf('first'); // also caches their curves
  await list.whole;

  const { studio } = browser.tab();
  await studio.getState().load(other);
  studio.getState().showRuns();
  await rest();
  const seen = pictures(studio);
  for (const id of ['first', other, 'first', other]) {
    await studio.getState().open(id);
    await rest();
  }
  const [first, none] = [
    `first, ready, 3 texts, ${list.rows!.length} runs, its run`,
    `${other}, ready, 0 texts, 0 runs`,
  ];
  expect(seen).toEqual([first, none, first, none]);
  browser.close();
});

test('a saved list of runs shows until it is read again, and yields to later changes', async () => {
  const store = await goldenStoreOf(STOPPED);
  const browser = browserOver(store, patient);
  let letGo = (): void => undefined;
  let isLetGo = Promise.resolve();
  const { getState } = browser.tab(({ data }) => {
    const { listRuns } = data;
    data.listRuns = async (input, job) => {
      const rows = await listRuns(input, job);
      await isLetGo;
      return rows;
    };
  }).studio;
  await getState().load();
  getState().showRuns();
  await getState().listRuns();
  const before = getState().runs!;
  await getState().newProject();
  const other = getState().project.id;

  // The same rows as before, so nothing rerenders. A later request reads everything again.
  await getState().open('first');
  await rest();
  expect(getState().runs).toBe(before);
  await getState().listRuns(); // also while the other one loads
  expect(getState().runs).toEqual(before);
  expect(getState().runs!.map((row) => before.includes(row))).not.toContain(true);

  await getState().open(other);
  const theirs = browser.tab().studio.getState;
  await theirs().load('first');
  await theirs().describeRun(STOPPED, { name: 'Ahab' });
  isLetGo = new Promise((resolve) => (letGo = resolve));
  const names = () => getState().runs!.map(({ record }) => record.name);
  const asLeft = before.map(({ record }) => record.name);
  await getState().open('first');
  await rest();
  expect(names()).toEqual(asLeft);
  letGo();
  await vi.waitFor(() =>
    expect(names()).toEqual(
      asLeft.with(
        before.findIndex((r) => r.record.id === STOPPED),
        'Ahab',
      ),
    ),
  );
  browser.close();
});
