/** A run resumes with changed settings only if it is still the run that they were chosen for. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toFailure } from '../../core/base/errors';
import { recipeOf } from '../../core/runs/segments';
import { lonelyLocks, type TestStudio } from '../../testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../../testing/goldenPage';
import { seen, showing } from '../../testing/shown';
import type { ResumeInput } from '../../protocol/gpu';
import { changeAndContinue } from './changing';

let page: TestStudio;
let resumed: ResumeInput[];
beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  resumed = [];
  page = await goldenPage(STOPPED, undefined, ({ gpu }) => {
    gpu.resume = (input) => {
      resumed.push(input);
      return Promise.reject(new Error('far enough'));
    };
  });
});
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

/** Starts a change while the run trains; `end` brings the run to rest. */
async function changed(end: () => Promise<void> | void, steps = 9000): Promise<void> {
  const { run, phase } = seen(page.studio.getState());
  showing(page.studio, { phase: { kind: 'compiling' } });
  const going = changeAndContinue(page.studio, run!, { ...recipeOf(run!), steps }, false);
  page.studio.getState().changeRun(STOPPED, (now) => ({ ...now, phase }));
  await end();
  page.studio.setState({ training: null });
  await going;
}
const said = (): string | undefined => page.studio.getState().toasts.at(-1)?.detail;

test('a stopped run resumes with the settings chosen for it', async () => {
  await changed(() => undefined);
  expect(resumed).toMatchObject([{ runId: STOPPED, steps: 9000 }]);
  expect(said()).toBeUndefined();
});

test('an idle run resumes immediately', async () => {
  const { run } = seen(page.studio.getState());
  await changeAndContinue(page.studio, run!, { ...recipeOf(run!), steps: 9000 }, false);
  expect(resumed).toHaveLength(1);
});

test('does not stop another run that trains', async () => {
  const { run, project } = seen(page.studio.getState());
  page.studio.setState({ training: { runId: FINISHED, projectId: project.id } });
  await changeAndContinue(page.studio, run!, { ...recipeOf(run!), steps: 9000 }, false);
  expect(resumed).toEqual([]);
  expect(said()).toMatch(/another run is training/);
});

test('does not change another run that Train shows by then', async () => {
  await changed(() => page.studio.getState().show('train', FINISHED));
  expect(resumed).toEqual([]);
  expect(said()).toMatch(/Train now shows another run/);
});

test('does not resume a run that failed while it stopped', async () => {
  await changed(() =>
    showing(page.studio, { phase: { kind: 'failed', failure: toFailure(new Error('no')), step: 120, of: 5000 } }),
  );
  expect(resumed).toEqual([]);
  expect(said()).toMatch(/it failed/);
});

test('does not resume a run that reached the new number of steps meanwhile', async () => {
  await changed(() => undefined, 120);
  expect(resumed).toEqual([]);
  expect(said()).toMatch(/already at step 120/);
});
