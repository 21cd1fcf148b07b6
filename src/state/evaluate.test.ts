/** Evaluates a checkpoint over the real worker implementations, and checks the stored results. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVALUATION, evaluationKey } from '../core/runs/evaluations';
import { purgeRun, updateRun } from '../core/runs/record';
import type { TestStudio } from '../testing/behindChannels';
import { goldenPage, spoil, STOPPED } from '../testing/goldenPage';
import { evaluateRefusal, lacksStrided, outOfDate, shownEvaluation } from './evaluate';

let page: TestStudio & { store: Parameters<typeof spoil>[0] };
beforeAll(async () => {
  page = await goldenPage(STOPPED);
});
afterAll(() => page.close());

const keys = (): Promise<string[]> => page.store.keys('evaluations/');

test('a checkpoint is evaluated on its validation set, stored, reloaded, and outdated once another is chosen', async () => {
  const { getState } = page.studio;
  await getState().loadEvaluation();
  expect(shownEvaluation(getState())).toBeNull();
  await getState().evaluateStep();
  expect(getState().evaluating).toEqual({ kind: 'idle' });
  const { record, changed } = shownEvaluation(getState())!;
  expect(changed).toEqual([]);
  expect(record).toMatchObject({ runId: STOPPED, step: 120, part: 'validation' });
  const { metrics, baselines, tokens } = record.evaluation;
  expect(tokens).toBeGreaterThan(100);
  expect(metrics['loss']!.value).toBeLessThan(baselines['uniform']!['loss']!);
  expect(Object.keys(baselines)).toEqual(expect.arrayContaining(['uniform', 'unigram', 'bigram', 'trigram', 'gzip']));
  expect(await keys()).toEqual([evaluationKey(record)]);
  expect(outOfDate(getState())).toEqual([]);

  getState().setWhich('evaluate', 'best');
  await getState().loadEvaluation();
  expect(shownEvaluation(getState())!.record.step).toBe(120);
  expect(outOfDate(getState())).toEqual(['step']);
  getState().setWhich('evaluate', 'latest');
});

test('perplexity with full left context is computed on request, and from then on with each evaluation', async () => {
  const { getState } = page.studio;
  const figures = () => shownEvaluation(getState())!.record.evaluation.metrics;
  await getState().loadEvaluation();
  expect(lacksStrided(getState())).toBe(true);
  const before = figures();
  await getState().evaluateStep(true);
  const { stridedPerplexity, ...others } = figures();
  expect(others).toEqual(before);
  expect(stridedPerplexity!.value).toBeLessThan(others['perplexity']!.value);
  expect(lacksStrided(getState())).toBe(false);
  await getState().evaluateStep();
  expect(figures()['stridedPerplexity']).toEqual(stridedPerplexity);
  await getState().evaluateStep(false);
  expect(figures()).toEqual(before);
});

test("the user's own text is evaluated too, and another text makes the result outdated", async () => {
  const { getState } = page.studio;
  getState().chooseEvaluatedOn('text');
  expect(evaluateRefusal(getState())).toBe('Choose a text first');
  getState().giveText('letter', 'Call me Ishmael. <script>alert(1)</script>');
  await getState().loadEvaluation();
  await getState().evaluateStep();
  expect(shownEvaluation(getState())!.record).toMatchObject({
    part: 'text',
    name: 'letter',
    evaluation: { documents: 1 },
  });
  expect(outOfDate(getState())).toEqual([]);
  getState().giveText('letter', 'Another one');
  expect(outOfDate(getState())).toEqual(['text']);
  getState().chooseEvaluatedOn('test');
  expect(evaluateRefusal(getState())).toMatch(/^This run has no test set/);
  getState().chooseEvaluatedOn('validation');
});

test('a stop keeps earlier results, and the evaluation can start again', async () => {
  const { getState } = page.studio;
  await getState().loadEvaluation();
  const before = shownEvaluation(getState());
  // Stops at the first progress report.
  const end = page.studio.subscribe(({ evaluating }) => {
    if (evaluating.kind === 'busy' && evaluating.progress) evaluating.stop();
  });
  await getState().evaluateStep();
  end();
  expect(getState().evaluating).toEqual({ kind: 'idle' });
  expect(shownEvaluation(getState())).toBe(before);
  await getState().evaluateStep();
  expect(shownEvaluation(getState())).not.toBe(before);
  expect(shownEvaluation(getState())!.record.evaluation).toEqual(before!.record.evaluation);
});

test('an unreadable evaluation is listed and blocks nothing; training on makes it outdated; deleting the run deletes all', async () => {
  const { getState } = page.studio;
  const key = evaluationKey({ runId: STOPPED, step: 120, part: 'validation' });
  const kept = await page.store.get(key);
  await page.store.commit({ put: [[key, { version: EVALUATION.version + 1 }]] });
  await getState().loadEvaluation();
  expect(shownEvaluation(getState())).toBeNull();
  await getState().listUnreadable();
  expect(getState().unreadable).toMatchObject([{ key, name: 'An evaluation of a run' }]);
  const { textHash: _, ...rest } = kept as unknown as Record<string, string>;
  await page.store.commit({ put: [[key, { ...rest, textHash: 'of another text' }]] });
  await getState().loadEvaluation();
  expect(outOfDate(getState())).toEqual(['text']);
  await updateRun(page.store, STOPPED, (run) => ({ ...run, removedAt: 1 }));
  await purgeRun(page.store, STOPPED);
  expect(await keys()).toEqual([]);
});
