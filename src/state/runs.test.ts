/** Changes to open runs by a person, and refusals while a run trains here. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lonelyLocks, type TestStudio } from '../testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../testing/goldenPage';
import { seen, showing } from '../testing/shown';
import { beginRefusal, freeRefusal, resumeRefusal, startRefusal } from './refusals';

let page: TestStudio;
beforeEach(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

test("a person's description of a run appears in the list and wherever the run is shown", async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  const before = getState().opened[STOPPED]!;
  await getState().describeRun(STOPPED, { name: 'Ahab', tags: ['x'], note: 'n' });
  await getState().setBudget(STOPPED, 7);
  const words = { name: 'Ahab', tags: ['x'], note: 'n', keep: { budget: 7 } };
  expect(getState().runs?.find(({ record }) => record.id === STOPPED)?.record).toMatchObject(words);
  expect(seen(getState()).run).toMatchObject(words);
  expect(getState().opened[STOPPED]).toEqual({ ...before, record: { ...before.record, ...words } });

  await getState().describeRun(FINISHED, { name: 'Queequeg', tags: [], note: '' });
  expect(getState().opened[FINISHED]).toBeUndefined();
});

test('while a run trains in this tab, no other can start or resume, and the reason is shown', async () => {
  page = await goldenPage(STOPPED);
  const { getState, setState } = page.studio;
  expect([resumeRefusal, beginRefusal, startRefusal].map((refusal) => refusal(getState()))).toEqual(
    Array(3).fill(undefined),
  );
  await getState().show('train', FINISHED);
  setState({ training: { runId: STOPPED, projectId: 'first' } });
  for (const refusal of [resumeRefusal, beginRefusal, startRefusal])
    expect(refusal(getState())).toMatch(/^Another run is training/);
});

test('checkpoints of a shown or training run are not freed, and the reason is shown', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  const refusals = () => [STOPPED, FINISHED].map((id) => freeRefusal(getState(), id));
  expect(refusals()).toEqual([
    expect.stringMatching(/^Train, Evaluate, Playground and Export show this run/),
    undefined,
  ]);
  await getState().show('export', FINISHED);
  expect(refusals()[1]).toMatch(/^Export shows this run/);
  await getState().show('export', null);
  expect(refusals()[1]).toBeUndefined();
  await getState().show('train', FINISHED);
  showing(page.studio, { phase: { kind: 'preparing' } });
  for (const at of ['train', 'playground', 'export'] as const) await getState().show(at, null);
  expect(refusals()[1]).toMatch(/is training/);
});

test('the next run can take the settings of an earlier one, with undo', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  await getState().listRuns();
  const before = getState().project;
  const { model, segments } = getState().runs!.find(({ record }) => record.id === STOPPED)!.record;
  getState().setModel('width', 48);
  getState().setRecipe({ learningRate: 0.5 });
  const changed = getState().project;
  getState().draftFrom(STOPPED);
  expect(getState().project.model).toMatchObject({ config: model.config });
  expect(getState().project.recipe.learningRate).toBe(segments.at(-1)!.recipe.learningRate);
  expect(getState().project.runId).toBe(before.runId);
  getState().toasts.at(-1)!.undo!();
  await getState().flush();
  expect(getState().project).toEqual(changed);
});

test('a table is exported as a file named after the project', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  getState().change({ name: 'Mobÿ Dick!' });
  getState().saveTable('runs', [
    ['Run', 'Loss'],
    ['a, b', 0.5],
  ]);
  await vi.waitFor(() => expect(page.downloads[0]!.bytes.length).toBeGreaterThan(0));
  expect(page.downloads[0]!.name).toBe('moby-dick-runs.csv');
  expect(new TextDecoder().decode(page.downloads[0]!.bytes)).toBe('Run,Loss\r\n"a, b",0.5\r\n');
});
