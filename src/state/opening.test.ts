/** Runs opened while another is being opened, or begun meanwhile, over the workers' real halves. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { lonelyLocks, type TestStudio } from '../core/testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../core/testing/goldenPage';
import { seen } from '../core/testing/shown';

let page: TestStudio;
/** What the listing of a run's saved steps waits for. */
const gates = new Map<string, Promise<void>>();
/** Holds back a run's listing until it is called. */
function gate(runId: string): () => void {
  let open = (): void => undefined;
  gates.set(runId, new Promise((resolve) => (open = resolve)));
  return open;
}
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  gates.clear();
  page = await goldenPage(FINISHED, undefined, ({ data }) => {
    const { savedSteps } = data;
    data.savedSteps = async (input, job) => {
      await gates.get(input.runId);
      return savedSteps(input, job);
    };
  });
});
afterEach(() => page.close());

test('of two runs that are brought back one after the other the later is shown, whichever is read first', async () => {
  const { getState } = page.studio;
  const goOn = gate(STOPPED);
  const slow = getState().bringBack(STOPPED);
  await turn();
  const fast = getState().bringBack(FINISHED);
  await turn();
  goOn();
  await Promise.all([slow, fast]);
  const { project, run, model, saved, toasts } = seen(getState());
  expect([project.runId, run?.id, model?.id, saved?.step]).toEqual([FINISHED, FINISHED, FINISHED, 40]);
  expect(toasts).toEqual([]);
});

test('a run that is begun while another is opened is not covered by that', async () => {
  const { getState } = page.studio;
  getState().setRecipe({ steps: 1 });
  const goOn = gate(FINISHED);
  const opened = getState().loadRun();
  await turn();
  const begun = getState().start();
  for (let i = 0; i < 50; i++) await turn();
  expect([getState().training, seen(getState()).phase.kind]).toEqual([null, 'finished']); // it waits
  goOn();
  await Promise.all([opened, begun]);
  const { project, run, model, saved, phase } = seen(getState());
  expect([project.runId, run?.id, model?.id, saved?.step]).toEqual(['run-1', 'run-1', 'run-1', 1]);
  expect(phase).toEqual({ kind: 'finished', step: 1, of: 1 });
});
