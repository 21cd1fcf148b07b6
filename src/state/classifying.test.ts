/** A classifier from a table, and its uses, over the real worker implementations. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { leakNotice } from '../core/documents/labels/leakWords';
import { initialModel } from '../core/runs/modelDraft';
import { initialProject, type TokenizerChoice } from '../core/runs/project';
import { readKnownRun } from '../core/runs/record';
import type { ClassifierChoice } from '../core/runs/tuning';
import { lonelyLocks } from '../testing/behindChannels';
import { classifierStudio, SIZES } from '../testing/classifierStudio';
import { labeledFile, labeledRows } from '../testing/labeledRuns';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { evaluateRefusal, evaluationOf, shownEvaluating, shownEvaluation, startsByItself } from './evaluate';
import { isTraining } from './openRun';
import { bodyOf, labelsRefusal, planClassifier, weightOf } from './classifierPlan';
import { tuneRefusal } from './refusals';
import { usedModel } from './trained';
import { shownPurpose } from './shownPurpose';
import type { StudioStore } from './slices/studio';
import { classifierOf, toTuneOn } from './tuningInputs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** Texts that a page asks to label. */
const textsToLabel = ({ getState, workers }: StudioStore, runId: string) => {
  const texts = toTuneOn(getState(), 'classify').map(({ id }) => id);
  return workers.gpu.call('toLabel', { ...usedModel(getState(), runId), texts, count: 20 });
};

test('a table becomes a classifier from scratch, which is evaluated, corrected, queried and resumed', async () => {
  const { store, studio, getState, add, downloads, own } = await classifierStudio();
  expect(tuneRefusal(getState(), 'classify')).toBe('Add labeled texts first');
  await add([...labeledRows(60, 6), ['qqq', '']]);
  const [text] = toTuneOn(getState(), 'classify');
  expect(text).toMatchObject({ labelled: 'one', documents: 67 });
  expect(toTuneOn(getState(), 'adapt')).toEqual([]);
  const summary = await own.survey();
  expect(summary).toMatchObject({ texts: 60, unlabeled: 7, labels: [{ count: 30 }, { count: 30 }] });
  expect([labelsRefusal(summary), weightOf(summary, 30)]).toEqual([undefined, 1]);
  const plan = planClassifier(getState(), summary);
  if ('code' in plan) throw new Error(plan.message);
  expect(plan.recipe).toMatchObject({
    objective: 'labels',
    steps: Math.ceil((12 * 48) / 8),
    learningRate: 0.02,
    replay: 0,
  });
  expect(plan.trainable).toBe(plan.all);
  expect(plan.fitting).toBeUndefined();

  await getState().tune('classify');
  const { runId } = getState().project;
  const record = await readKnownRun(store, runId!);
  expect(record).toMatchObject({ status: 'finished', objective: 'labels', name: 'texts-1' });
  expect(record.parent).toBeUndefined();
  expect(record.model.config.classes).toEqual({ labels: ['land', 'sea'], pooling: 'mean' });
  expect(getState().project.tuning.base).toBe('nothing');
  // Training ended with an evaluation, which sets the threshold.
  await getState().listRuns();
  const row = classifierOf(getState())!;
  expect(row.record.id).toBe(runId);
  const judged = (await own.judged(runId!, row.step))!;
  expect(judged.evaluation.metrics['accuracy']!.value).toBeGreaterThan(90);
  expect(row.record.decision).toEqual({
    temperature: judged.evaluation.labelled!.temperature,
    atLeast: 0,
    step: judged.step,
  });

  // Opens a held-out text, changes its label and restores it.
  const { place } = judged.evaluation.labelled!;
  const examples = (await own.examples(row.record, place))!;
  expect(examples.map(({ at }) => at)).toEqual([...place].sort((a, b) => a - b));
  const [one] = examples;
  const other = one!.labels![0] === 'sea' ? 'land' : 'sea';
  expect(await own.change(one!.textId, { kind: 'relabel', place: one!.place, labels: [other] }, 'changed')).toBe(true);
  expect((await own.examples(row.record, [one!.at]))![0]).toMatchObject({ text: one!.text, labels: [other] });
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(async () => expect((await own.examples(row.record, [one!.at]))![0]).toEqual(one));

  expect((await own.classify(runId!, 'a whale 99')).labels).toEqual(['sea']);
  const asked = { ...usedModel(getState(), runId!), text: 'a whale 99', label: 1 };
  const { words } = await studio.workers.gpu.call('decided', asked);
  expect(words.map(({ text: word }) => word).join('')).toBe('a whale 99');
  await own.decide(row.record, { temperature: 1, atLeast: 1 });
  expect((await own.classify(runId!, 'zzz')).labels).toEqual([]);
  await own.decide(row.record, { temperature: 1, atLeast: 0 });

  const file = labeledFile(labeledRows(8), 'mail.csv');
  expect(await own.classifyFile({ runId: runId!, file, table: { format: 'csv', columns: ['text'] } })).toEqual({
    texts: 8,
    unsure: 0,
    empty: 0,
  });
  expect(downloads.at(-1)!.name).toBe('mail-labels.csv');

  const { texts, of } = await textsToLabel(studio, runId!);
  expect([texts.length, of]).toEqual([7, 7]);
  for (const { textId, place: at, text: words } of texts)
    await own.label(textId, at, words.includes('whale') ? ['sea'] : ['land']);
  expect(await own.survey()).toMatchObject({ unlabeled: 0 });
  // Continues from this run, with these texts added to its training set.
  getState().setTuning({ base: { runId: runId!, step: row.step }, learns: 'all' });
  await getState().tune('classify');
  const next = await readKnownRun(store, getState().project.runId!);
  expect(next).toMatchObject({ status: 'finished', parent: { runId, how: 'fine-tune' } });
  expect(next.segments[0].data.facts!.parts.train.documents).toBeGreaterThan(48);
});

test('a word that reveals a label is reported from the texts, counted once while they are the same', async () => {
  const { getState, add, own } = await classifierStudio();
  const rows = Array.from({ length: 60 }, (_, i) =>
    i % 2 === 0 ? [`a thing ${i}`, 'land'] : [`a thing ${i} xqz`, 'sea'],
  );
  await add(rows);
  const leaks = await own.leaks();
  expect(leaks).toMatchObject([{ label: 'sea', count: 1 }]);
  expect(leaks[0]!.words).toMatch(/^The word “xqz” gives “sea” away: it is in 30 of 30 .* and in 0 of 30/);
  expect(await own.leaks()).toBe(leaks);
  // Changed labels are queried again.
  const [text] = toTuneOn(getState(), 'classify');
  for (let place = 1; place < 20; place += 2) await own.label(text!.id, place, ['land']);
  expect(await own.leaks()).toEqual([]);
});

test('Evaluate starts a missing evaluation by itself, shows its progress, and stays canceled', async () => {
  const { getState, add, own, studio } = await classifierStudio();
  await add(labeledRows(60));
  const trained = getState().tune('classify');
  await vi.waitFor(() => expect(isTraining(getState())).toBe(true));
  expect(startsByItself(getState())).toBe(false);
  await trained;
  const runId = getState().project.runId!;
  await getState().useDevice('wasm');
  await getState().loadEvaluation();
  // Training ended with an evaluation.
  expect(shownEvaluation(getState())).toBeTruthy();
  expect(startsByItself(getState())).toBe(false);

  // Evaluate also shows an evaluation started by another page or the end of a run.
  const refusals = new Set<string | undefined>();
  const leave = studio.subscribe((s) => {
    if (shownEvaluating(s).kind === 'busy') refusals.add(evaluateRefusal(s));
  });
  expect((await own.judge(runId))?.runId).toBe(runId);
  leave();
  expect([...refusals]).toEqual([expect.stringMatching(/is being evaluated/)]);
  expect(shownEvaluating(getState()).kind).toBe('idle');

  // Without a measurement the page starts one, once.
  studio.setState({ keptEvaluation: { of: evaluationOf(getState()), kept: null } });
  expect(startsByItself(getState())).toBe(true);
  expect(startsByItself({ ...getState(), evaluatedOn: 'test' })).toBe(false);
  const evaluated = getState().evaluateStep();
  expect(startsByItself(getState())).toBe(false);
  const { evaluating } = getState();
  if (evaluating.kind === 'busy') evaluating.stop();
  await evaluated;
  studio.setState({ keptEvaluation: { of: evaluationOf(getState()), kept: null } });
  expect(startsByItself(getState())).toBe(false);
  await getState().evaluateStep();
  expect(shownEvaluation(getState())?.record.evaluation.labelled).toBeDefined();
});

test("words that reveal labels of a run's own texts come from its data, whatever the labels are now", async () => {
  const { getState, add, own } = await classifierStudio();
  await add(
    Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? [`a thing ${i}`, 'land'] : [`a thing ${i} xqz`, 'sea'])),
  );
  await getState().tune('classify');
  const { runId } = getState().project;
  const leaks = await own.leaksOf(runId!);
  expect(leaks).toMatchObject([
    { label: 'sea', words: expect.stringMatching(/^The word “xqz” gives “sea” away: it is in 30 of 30 /) as string },
  ]);
  const [text] = toTuneOn(getState(), 'classify');
  for (let place = 1; place < 20; place += 2) await own.label(text!.id, place, ['land']);
  expect(await own.leaks()).toEqual([]);
  expect(await own.leaksOf(runId!)).toBe(leaks);
  expect(leakNotice(leaks!)).toMatchObject({ title: 'The accuracy may come from one word' });
});

test('a useless classifier is refused with a reason before the start', async () => {
  const { getState, add, own } = await classifierStudio();
  await add([
    ['one', 'sea'],
    ['two', 'sea'],
    ['three', 'sea'],
  ]);
  const summary = await own.survey();
  expect(labelsRefusal(summary)).toMatch(/All 3 texts have the label “sea”/);
  await getState().tune('classify');
  const [run] = Object.values(getState().opened);
  expect(run!.phase).toMatchObject({ kind: 'failed', failure: { code: 'bad-settings' } });
  getState().change({ model: { ...getState().project.model, id: 't5' } });
  expect(planClassifier(getState(), summary)).toMatchObject({
    message: expect.stringMatching(/T5 model can't classify texts/) as string,
  });
});

test('a label of one text raises a question, and can be skipped or kept', async () => {
  const { getState, add, own } = await classifierStudio();
  await add([...labeledRows(8), ['the sky 9', 'sky']]);
  expect(labelsRefusal(await own.survey())).toMatch(/Only one text has the label “sky”/);
  const { classify } = getState().project.tuning;
  getState().setTuning({ classify: { ...classify, fewest: 1 } });
  expect(labelsRefusal(await own.survey())).toBeUndefined();
  getState().setTuning({ classify });
  const [text] = toTuneOn(getState(), 'classify');
  await own.change(text!.id, { kind: 'join', labels: ['sky'], as: '' }, 'sky left out');
  const summary = await own.survey();
  expect([labelsRefusal(summary), summary.labels.length, summary.unlabeled]).toEqual([undefined, 2, 1]);
});

test('truncated texts are reported before the start, also before the tokenizer exists', async () => {
  const { getState, add, own } = await classifierStudio();
  await add([...labeledRows(20), ['a whale '.repeat(40), 'sea']]);
  const long = async () =>
    (await own.survey()).problems.filter(({ what }) => what === 'long').map(({ words }) => words);
  expect(await long()).toEqual([
    expect.stringMatching(/^1 text doesn't fit \(4\.76 %\)\. Read to 3[12] tokens, rest cut\.$/),
  ]);
  const { classify } = getState().project.tuning;
  getState().setTuning({ classify: { ...classify, tokenizer: { kind: 'bpe', vocabulary: 300 } } });
  expect(await long()).toEqual([
    expect.stringMatching(/^1 text doesn't fit \(4\.76 %\)\. Read to 3[12] tokens, rest cut\.$/),
  ]);
  const { model } = getState().project;
  getState().change({ model: { ...model, config: { ...model.config, context: 512 } } });
  expect(await long()).toEqual([]);
  getState().change({ model });
  // Proposes the context that fits all texts; a new body then uses it.
  getState().setTuning({ classify });
  const plan = planClassifier(getState(), await own.survey());
  if ('code' in plan) throw new Error(plan.message);
  expect(plan.fitting?.context).toBe(320); // bytes, a multiple of 64
  getState().setTuning({ classify: { ...classify, context: plan.fitting!.context } });
  expect(await long()).toEqual([]);
  expect(bodyOf(getState()).model.config.context).toBe(320);
});

test('a classifier from scratch is small with a context of 192, until the Model page or a setting changes it', async () => {
  const { getState, add, own } = await classifierStudio();
  await add(labeledRows(40));
  const summary = await own.survey();
  const of = (): string => `${bodyOf(getState()).model.id} ${bodyOf(getState()).model.config.context}`;
  const chosen = getState().project.model;
  expect(of()).toBe('gpt 32');
  getState().change({ model: initialModel() });
  expect(of()).toBe('bert 192');
  const choose = (change: Partial<ClassifierChoice>): void =>
    getState().setTuning({ classify: { ...getState().project.tuning.classify, ...change } });
  choose({ body: 'project' });
  expect(of()).toBe(`gpt ${initialModel().config.context}`);
  getState().change({ model: chosen });
  choose({ body: 'usual' });
  expect(of()).toBe('bert 192');
  // Few texts get more epochs.
  const passes = (texts: number): number => {
    const plan = planClassifier(getState(), { ...summary, texts });
    if ('code' in plan) throw new Error(plan.message);
    expect(plan.recipe.steps).toBe(Math.ceil((plan.passes * texts * 0.8) / 8));
    return plan.passes;
  };
  expect(passes(6000)).toBe(12);
  choose({ passes: null });
  expect([40, 200, 1000, 6000].map(passes)).toEqual([50, 15, 3, 3]);
});

test("a classifier from scratch trains a tokenizer on its texts, with chosen kind and size, or uses the project's", async () => {
  const { store, getState, add, own } = await classifierStudio();
  await add(labeledRows(40));
  const choose = (tokenizer: TokenizerChoice | null): void => {
    const { classify } = getState().project.tuning;
    getState().setTuning({ classify: { ...classify, passes: 0.1, tokenizer } });
  };
  const summary = await own.survey();
  const planned = (): number => {
    const plan = planClassifier(getState(), summary);
    if ('code' in plan) throw new Error(plan.message);
    return plan.all;
  };
  // No choice yet: the default for labeled texts.
  choose(null);
  expect(bodyOf(getState())).toMatchObject({ made: { kind: 'bpe', vocabulary: 4096 }, model: { vocabulary: 4096 } });
  choose({ kind: 'bytes', vocabulary: 257 });
  const small = planned();
  choose({ kind: 'bpe', vocabulary: 270 });
  expect(bodyOf(getState())).toMatchObject({ made: { kind: 'bpe' }, model: { vocabulary: 270 } });
  expect(planned() - small).toBe((270 - 257) * SIZES.width);

  await getState().tune('classify');
  const made = await readKnownRun(store, getState().project.runId!);
  expect([made.status, made.tokenizer.kind, made.model.vocabulary]).toEqual(['finished', 'bpe', 270]);
  expect(getState().project.tokenizer).toBeNull(); // belongs to the run only

  const model: TokenizerModel = { kind: 'bytes', merges: [] };
  const ofProject = { hash: 'a hash', size: 257, asked: 257, texts: [], bytesPerToken: 1, unusedEntries: 0 };
  getState().change({ tokenizer: { model, ...ofProject } });
  expect(bodyOf(getState()).made).toMatchObject({ kind: 'bpe' });
  choose(null);
  expect(bodyOf(getState())).toMatchObject({ isNew: true, model: { vocabulary: 257 } });
  expect(bodyOf(getState()).made).toBeUndefined();
  await getState().tune('classify');
  const taken = await readKnownRun(store, getState().project.runId!);
  expect([taken.status, taken.tokenizer.kind, taken.model.vocabulary]).toEqual(['finished', 'bytes', 257]);
});

test('multi-label texts with no labels: the question, the answer, training, and labeling one by one', async () => {
  const { studio, store, getState, add, own } = await classifierStudio();
  const rows = labeledRows(60).map(([text, label], i) => [
    text!,
    label === 'land' ? '' : i % 6 === 1 ? 'sea|deep' : 'sea',
  ]);
  await add(rows, 'sea.csv', '|');
  const asked = await own.survey();
  expect(asked).toMatchObject({ several: true, texts: 30, none: 0, unlabeled: 30 });
  expect(labelsRefusal(asked)).toMatch(/^30 texts have no label: does no label apply, or aren’t they labeled yet/);
  const [text] = toTuneOn(getState(), 'classify');
  const say = (are: 'none' | 'left-out') => own.change(text!.id, { kind: 'unlabeled', are }, 'said');
  await say('left-out');
  const left = await own.survey();
  expect(left).toMatchObject({ texts: 30, none: 0, unlabeled: 30, unlabeledAre: 'left-out' });
  expect(labelsRefusal(left)).toBeUndefined();
  await say('none');
  const summary = await own.survey();
  expect(summary).toMatchObject({ texts: 60, none: 30, unlabeled: 0, unlabeledAre: 'none' });
  expect(labelsRefusal(summary)).toBeUndefined();
  // One text has no label yet, so the classifier asks about it.
  await own.label(text!.id, 0, null);

  await getState().tune('classify');
  const { runId } = getState().project;
  const record = await readKnownRun(store, runId!);
  expect(record).toMatchObject({ status: 'finished' });
  expect(record.model.config.classes).toMatchObject({ labels: ['deep', 'sea'], several: true });
  const { labels } = record.segments[0].data.facts!;
  expect(labels!.train['|']! + labels!.validation['|']!).toBe(29);
  await getState().listRuns();
  const row = classifierOf(getState())!;
  const judged = (await own.judged(runId!, row.step))!;
  const { wanted, given } = judged.evaluation.labelled!;
  const none = (all: typeof wanted): number => all.filter((some) => Array.isArray(some) && some.length === 0).length;
  expect(none(wanted)).toBe(labels!.validation['|']);
  expect(none(given)).toBeGreaterThan(0);
  expect(judged.evaluation.documents).toBe(wanted.length);
  expect((await own.classify(runId!, 'the hill 4')).labels).toEqual([]);
  expect((await own.classify(runId!, 'a whale 5')).labels).toContain('sea');
  const { texts, of } = await textsToLabel(studio, runId!);
  expect([texts.map(({ place }) => place), of]).toEqual([[0], 1]);
  await own.label(text!.id, 0, []);
  expect(await own.survey()).toMatchObject({ none: 30, unlabeled: 0 });
});

test('if the disk is full, a label stays unchanged, a note says so, and labeling works once there is room', async () => {
  const inner = memoryStore();
  let isFull = false;
  const { own, add, getState } = await classifierStudio({
    ...inner,
    commit: (change) =>
      isFull ? Promise.reject(new HomegrownError('storage-full', 'No room for the label')) : inner.commit(change),
  });
  await add([...labeledRows(6), ['qqq', '']]);
  const [text] = toTuneOn(getState(), 'classify');
  const before = await own.survey();
  isFull = true;
  expect(await own.label(text!.id, 6, ['sea'])).toBe(false);
  expect(getState().toasts.at(-1)).toMatchObject({ text: "Couldn't save the label" });
  expect(getState().toasts.at(-1)!.detail).toContain('No room for the label');
  expect(await own.change(text!.id, { kind: 'relabel', place: 0, labels: ['air'] }, 'changed')).toBe(false);
  expect(await own.survey()).toEqual(before);
  isFull = false;
  expect(await own.label(text!.id, 6, ['sea'])).toBe(true);
  expect(await own.survey()).toMatchObject({ unlabeled: 0 });
});

test('if the run of a project is a classifier, Tune shows it until texts for another purpose exist', () => {
  const project = {
    ...initialProject(),
    runId: 'a',
    tuning: { ...initialProject().tuning, purpose: 'adapt' as const },
  };
  const row = (classes?: object) => ({ bytes: 1, record: { id: 'a', model: { config: { classes } } } }) as never;
  const text = (labeled?: 'one') =>
    ({ id: 't', projects: [project.id], ...(labeled && { labelled: labeled }) }) as never;
  expect(shownPurpose({ project, runs: [row({})], tuneTexts: [] })).toBe('classify');
  expect(shownPurpose({ project, runs: [row()], tuneTexts: [] })).toBe('adapt');
  expect(shownPurpose({ project: { ...project, runId: null }, runs: [row({})], tuneTexts: [] })).toBe('adapt');
  expect(shownPurpose({ project, runs: [row({})], tuneTexts: [text()] })).toBe('adapt');
  expect(shownPurpose({ project, runs: [row({})], tuneTexts: [text('one')] })).toBe('classify');
});
