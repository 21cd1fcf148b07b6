/** Shown runs while runs are opened, deleted and trained, over the real worker implementations. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freeRun } from '../core/runs/free';
import { lonelyLocks, type TestStudio } from '../testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../testing/goldenPage';
import { seen } from '../testing/shown';
import { PAGES, shownRun } from './openRun';
import { modelNeed } from './need';
import { stepChoices, trained } from './trained';

let page: TestStudio & { store: Awaited<ReturnType<typeof goldenPage>>['store'] };
beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  page = await goldenPage(STOPPED);
});
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

/** Ids of all runs that a page shows during `work`; `nothing` for one that isn't open. */
async function shownWhile(work: () => Promise<unknown>): Promise<Set<string>> {
  const { getState, subscribe } = page.studio;
  const shown = new Set<string>();
  const end = subscribe((s) => PAGES.forEach((at) => shown.add(shownRun(s, at).record?.id ?? 'nothing')));
  await work();
  end();
  PAGES.forEach((at) => shown.add(shownRun(getState(), at).record?.id ?? 'nothing'));
  return shown;
}

test('a page keeps its run until another is open, whatever the cause', async () => {
  const { getState } = page.studio;
  const known = [STOPPED, FINISHED];
  for (const work of [
    () => getState().show('train', FINISHED),
    () => getState().show('train', null),
    () => getState().bringBack(FINISHED),
    () => getState().loadRun(),
  ])
    expect([...(await shownWhile(work))].filter((id) => !known.includes(id))).toEqual([]);
  expect(seen(getState()).run?.id).toBe(FINISHED);
  await getState().listRuns();
  const all = new Set(getState().runs!.map(({ record }) => record.id));
  const left = await shownWhile(() => getState().deleteRun(FINISHED));
  expect(left.has('nothing')).toBe(false);
  expect([...left].every((id) => all.has(id))).toBe(true);
  expect(seen(getState()).run?.id).not.toBe(FINISHED);
});

test('of two requested runs the later is shown, whichever opens first', async () => {
  const { getState } = page.studio;
  await Promise.all([getState().show('export', FINISHED), getState().show('export', STOPPED)]);
  expect(shownRun(getState(), 'export').record?.id).toBe(STOPPED);
  expect(Object.keys(getState().opened)).toEqual([STOPPED]);
});

test('after the current run is deleted, pages show one with a checkpoint, or none', async () => {
  const { getState } = page.studio;
  await getState().listRuns();
  const others = getState().runs!.flatMap(({ record: { id } }) => (id === STOPPED ? [] : [id]));
  const kept = others.at(-1)!;
  for (const id of others) if (id !== kept) await freeRun(page.store, id);
  await getState().listRuns();
  await getState().deleteRun(STOPPED);
  expect([getState().project.runId, seen(getState()).model?.id]).toEqual([kept, kept]);
  await getState().deleteRun(kept);
  expect([getState().project.runId, seen(getState()).phase.kind]).toEqual([null, 'idle']);
});

test('a page waits for its own next run, not for any that trains', async () => {
  const { getState, setState } = page.studio;
  await getState().listRuns();
  const { id: projectId } = getState().project;
  await freeRun(page.store, FINISHED);
  await getState().show('playground', FINISHED);
  setState(({ opened }) => ({
    opened: { ...opened, other: { ...opened[STOPPED]!, id: 'other', record: null, phase: { kind: 'compiling' } } },
    training: { runId: 'other', projectId },
  }));
  expect(modelNeed(getState(), 'playground')).toEqual({
    reason: 'The run can’t be opened.',
    button: { label: 'Show what happened', path: '/runs' },
  });
  await getState().show('train', FINISHED);
  expect(modelNeed(getState(), 'playground')).toMatchObject({ button: { path: '/train' } });
  // A page that follows the project gets the new run at its first checkpoint, unless that is another project's.
  setState(({ shown, project }) => ({
    project: { ...project, runId: null },
    shown: { ...shown, playground: null },
  }));
  expect(modelNeed(getState(), 'playground')?.reason).toMatch(/^The run hasn’t saved a step yet/);
  setState({ training: { runId: 'other', projectId: 'another' } });
  expect(modelNeed(getState(), 'playground')).toMatchObject({
    reason: expect.stringMatching(/^Another run is training/) as string,
    button: { path: '/model' },
  });
});

test('every kept checkpoint can be chosen, with its kind and contents', async () => {
  const { getState } = page.studio;
  const choices = () => stepChoices(shownRun(getState(), 'playground'));
  expect(choices().map(({ label }) => label)).toEqual(['Step 120, latest', 'Step 100, best']);
  expect(choices()[0]!.hint).toMatch(/^[\d.]+ [kM]B, with optimizer state$/);
  await getState().pinStep(STOPPED, 100, true);
  await getState().listSaved(STOPPED);
  expect(choices()[1]!.label).toBe('Step 100, best, pinned');
  getState().changeRun(STOPPED, (run) => ({
    ...run,
    steps: [
      { ...run.steps[0]!, step: 8, best: false, pinned: false, light: true, holds: 'weights', precision: 'f16' },
      ...run.steps,
    ],
  }));
  expect(choices().at(-1)).toMatchObject({ value: '8', label: 'Step 8, weights only' });
  expect(choices().at(-1)!.hint).toMatch(/, weights only, F16$/);
  getState().setWhich('playground', 8);
  expect(trained(getState(), 'playground')).toMatchObject({ step: 8, holds: 'weights only, F16' });
});
