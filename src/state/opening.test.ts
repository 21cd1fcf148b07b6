/** Runs opened or started while another is being opened, over the real worker implementations. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { lonelyLocks, type TestStudio } from '../testing/behindChannels';
import { FINISHED, goldenPage, goldenStoreOf, STOPPED } from '../testing/goldenPage';
import { seen } from '../testing/shown';
import { browserOver } from '../testing/tabs';
import { isOpening, shownRun } from './openRun';

let page: TestStudio;
/** Promises that delay the listing of a run's checkpoints. */
const gates = new Map<string, Promise<void>>();
/** Delays a run's listing until the returned function is called. */
function gate(runId: string): () => void {
  let open = (): void => undefined;
  gates.set(runId, new Promise((resolve) => (open = resolve)));
  return open;
}
/** Number of canceled size counts of projects. */
let stopped = 0;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  gates.clear();
  page = await goldenPage(FINISHED, undefined, ({ data }) => {
    const { savedSteps, projects } = data;
    data.projects = async (input, job) => {
      await gates.get('projects');
      if (job.signal.aborted) stopped++;
      return projects(input, job);
    };
    data.savedSteps = async (input, job) => {
      await gates.get(input.runId);
      return savedSteps(input, job);
    };
  });
});
afterEach(() => page.close());

test('of two runs restored in quick succession the later is shown, whichever loads first', async () => {
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

test('a run started while another opens is not replaced by it', async () => {
  const { getState } = page.studio;
  getState().setRecipe({ steps: 1 });
  const goOn = gate(FINISHED);
  const opened = getState().loadRun();
  await turn();
  const begun = getState().start();
  for (let i = 0; i < 50; i++) await turn();
  expect([getState().training, seen(getState()).phase.kind]).toEqual([null, 'finished']); // still waiting
  goOn();
  await Promise.all([opened, begun]);
  const { project, run, model, saved, phase } = seen(getState());
  expect([project.runId, run?.id, model?.id, saved?.step]).toEqual(['run-1', 'run-1', 'run-1', 1]);
  expect(phase).toEqual({ kind: 'finished', step: 1, of: 1 });
});

test('counting project sizes stops while a project opens', async () => {
  const { getState } = page.studio;
  const first = getState().project.id;
  await getState().newProject();
  const before = getState().projects;
  const goOn = gate('projects');
  stopped = 0;
  const listing = getState().listProjects();
  await turn();
  const opening = getState().open(first);
  for (let i = 0; i < 20; i++) await turn(); // a message may come after a timer
  goOn();
  expect(await opening).toBe(true);
  await listing;
  expect([stopped, getState().projects, getState().toasts]).toEqual([1, before, []]);
});

test.each([
  ['comes with its run', 'long', ['another', `first ${FINISHED}`]],
  [
    'whose run takes longer comes without it until it is read',
    'over',
    ['another', 'first opening', `first ${FINISHED}`],
  ],
])('a project that is opened %s', async (_, wait, expected) => {
  const pause = (): Promise<void> => (wait === 'long' ? new Promise(() => undefined) : turn());
  const browser = browserOver(await goldenStoreOf(FINISHED), pause);
  const { studio } = browser.tab(({ data }) => {
    const { savedSteps } = data;
    data.savedSteps = async (input, job) => {
      await gates.get(input.runId);
      return savedSteps(input, job);
    };
  });
  const { getState } = studio;
  await getState().load();
  const { id } = getState().project;
  await getState().newProject();
  const goOn = gate(FINISHED);
  const drawn: string[] = [];
  const look = (): void => {
    const s = getState();
    const now =
      s.project.id === id ? `first ${isOpening(s, 'train') ? 'opening' : shownRun(s, 'train').id}` : 'another';
    if (drawn.at(-1) !== now) drawn.push(now);
  };
  look();
  studio.subscribe(() => queueMicrotask(look)); // as React renders
  const opening = getState().open(id);
  for (let i = 0; i < 50; i++) await turn();
  goOn();
  expect(await opening).toBe(true);
  expect(drawn).toEqual(expected);
  expect(seen(getState())).toMatchObject({ phase: { kind: 'finished' }, saved: { step: 40 } });
  browser.close();
});
