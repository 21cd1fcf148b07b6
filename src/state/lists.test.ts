/** Comparisons of checkpoints and list evaluations, over the real worker implementations. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lonelyLocks, type TestStudio } from '../testing/behindChannels';
import { goldenPage, STOPPED } from '../testing/goldenPage';
import { listHash } from '../core/evaluate/listHash';
import type { Task } from '../core/evaluate/tasks';
import { evaluateRefusal, shownEvaluating } from './evaluate';
import { compareRefusal, isOnOtherText, listsOfRun, shownComparing, shownLists } from './lists';
import { shownRun } from './openRun';

let page: TestStudio;
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  page = await goldenPage(STOPPED);
});
afterAll(() => {
  page.close();
  vi.unstubAllGlobals();
});

test('a comparison is stored with its checkpoint, and outdated after another text is given', async () => {
  const { getState } = page.studio;
  expect(compareRefusal(getState())).toBe('Choose a checkpoint to compare with');
  getState().chooseCompareWith({ runId: STOPPED, which: 100 });
  await getState().compareSteps();
  expect(getState().comparing).toEqual({ kind: 'idle' });
  expect(shownLists(getState())).toMatchObject({
    step: 120,
    comparisons: [{ beside: { runId: STOPPED, step: 100 }, part: 'validation' }],
  });
  getState().chooseEvaluatedOn('text');
  expect(compareRefusal(getState())).toBe('Choose a text first');
  getState().giveText('letter', 'Call me Ishmael. Some years ago, never mind how long precisely.');
  await getState().compareSteps();
  const { comparisons } = shownLists(getState())!;
  expect(comparisons!.map(({ part, name }) => [part, name])).toEqual([
    ['text', 'letter'],
    ['validation', undefined],
  ]);
  expect(comparisons!.map((each) => isOnOtherText(getState(), each))).toEqual([false, false]);
  getState().giveText('letter', 'Another one');
  expect(comparisons!.map((each) => isOnOtherText(getState(), each))).toEqual([true, false]);
  getState().chooseEvaluatedOn('test');
  expect(compareRefusal(getState())).toMatch(/^This run has no test set/);
  getState().chooseEvaluatedOn('validation');
});

test('choosing another checkpoint to compare with cancels the comparison in progress', async () => {
  const { getState } = page.studio;
  const before = shownLists(getState());
  const end = page.studio.subscribe((s) => {
    if (shownComparing(s).kind === 'busy' && s.compareWith?.which === 100)
      s.chooseCompareWith({ runId: STOPPED, which: 'best' });
  });
  await getState().compareSteps();
  end();
  expect(getState().comparing).toEqual({ kind: 'idle' });
  await getState().loadLists();
  expect(shownLists(getState())).toEqual(before);
});

test('an evaluation is shown for its own checkpoint; others name it, and don’t show its failure', async () => {
  const { getState, setState } = page.studio;
  let words: string | undefined;
  const end = page.studio.subscribe((s) => {
    if (s.evaluating.kind !== 'busy' || !s.evaluating.progress) return;
    words ??= evaluateRefusal(s);
    s.evaluating.stop();
  });
  await getState().evaluateStep();
  end();
  expect(words).toMatch(/^Step 120 of .* is being evaluated on the validation set\. Wait for it or cancel it there$/);
  setState({ evaluating: { kind: 'failed', failure: { code: 'bug', message: 'no', remedy: '' } } });
  expect(shownEvaluating(getState()).kind).toBe('failed');
  getState().setWhich('evaluate', 'best');
  expect(shownEvaluating(getState()).kind).toBe('idle');
});

test('with automatic tasks, each evaluation and each save of the training run evaluates them', async () => {
  const { getState } = page.studio;
  getState().setWhich('evaluate', 'latest');
  getState().giveTask({ name: 'sea.csv', items: [{ line: 2, prompt: 'a', choices: ['b', 'c'], right: 0 }] });
  const asked = (): readonly number[] =>
    listsOfRun(getState()).flatMap(({ step, evaluation }) => (evaluation.tasks ? [step] : []));
  await getState().evaluateStep();
  expect(asked()).toEqual([]);
  getState().askTasksAlways(true);
  await getState().evaluateStep();
  expect(asked()).toEqual([120]);
  // The hash identifies the evaluated rows.
  const [{ items }] = getState().ownTasks as [Task];
  expect(listsOfRun(getState())[0]!.evaluation.tasks![0]!.listHash).toBe(await listHash(items));
  await getState().resume(122);
  expect(shownRun(getState(), 'train').phase).toMatchObject({ kind: 'finished', step: 122 });
  await vi.waitFor(() => expect(asked()).toEqual([120, 122]), { timeout: 30_000 });
  getState().takeTask('sea.csv');
  expect(getState().ownTasks).toEqual([]);
  expect(asked()).toEqual([120, 122]);
});

test('an unreadable table of tasks affects no other, and its reason is shown', async () => {
  const { getState } = page.studio;
  const file = (name: string, text: string): File => new File([text], name);
  await getState().addTasks([
    file('bad.csv', 'prompt,choices,answer\na,b,b\n'),
    file('good.csv', 'prompt,answer\na,b\n'),
  ]);
  expect(getState().ownTasks.map(({ name }) => name)).toEqual(['good.csv']);
  expect(getState().readingTasks).toMatchObject({
    kind: 'failed',
    failure: { message: 'Line 2 of bad.csv has one choice, "b".' },
  });
  getState().takeTask('good.csv');
});
