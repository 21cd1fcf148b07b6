/** A person corrects an answer: the text with its correct label becomes a row of a training table. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lonelyLocks } from '../testing/behindChannels';
import { classifierStudio } from '../testing/classifierStudio';
import { labeledRows } from '../testing/labeledRuns';
import { toTuneOn } from './tuningInputs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
vi.setConfig({ testTimeout: 180_000 });

test('a corrected answer is a row of Corrections that its toast can undo, and the next run trains on it', async () => {
  const { getState, add, own } = await classifierStudio();
  await add(labeledRows(40));
  const names = (): readonly string[] =>
    toTuneOn(getState(), 'classify')
      .map(({ name }) => name)
      .sort();
  const rows = async () => {
    const table = toTuneOn(getState(), 'classify').find(({ name }) => name === 'Corrections')!;
    const all = await own.rows({ from: 0, count: 60 }, 100);
    return all.filter(({ textId }) => textId === table.id).map(({ text, labels }) => [text, ...(labels ?? [])]);
  };
  // Undo, then save again: the same bytes as before the undo.
  await own.correct('a whale, "quoted"\non two lines', 'land');
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(names()).toEqual(['texts.csv']));
  await own.correct('a whale, "quoted"\non two lines', 'land');
  expect(names()).toEqual(['Corrections', 'texts.csv']);
  expect(getState().toasts.at(-1)).toMatchObject({ text: 'Saved. Train again to use it' });
  expect(await rows()).toEqual([['a whale, "quoted"\non two lines', 'land']]);
  const text = 'a whale, "quoted"\non two lines';
  expect(await own.correctionOf(text, undefined)).toEqual({ label: 'land', isLearned: false });
  expect(await own.correctionOf('another', undefined)).toBeUndefined();
  await own.undoCorrection(text);
  expect(await own.correctionOf(text, undefined)).toBeUndefined();
  await own.correct(text, 'land');

  // Two concurrent corrections are both saved; a text has its newest label, and undo restores the label before.
  await Promise.all([own.correct('the hill', 'sea'), own.correct('a whale, "quoted"\non two lines', 'sea')]);
  expect(names()).toEqual(['Corrections', 'texts.csv']);
  expect(await rows()).toEqual([
    ['the hill', 'sea'],
    ['a whale, "quoted"\non two lines', 'sea'],
  ]);
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(async () => expect((await rows()).at(-1)).toEqual(['a whale, "quoted"\non two lines', 'land']));

  // The table by itself, with its own places.
  const corrections = toTuneOn(getState(), 'classify').find(({ name }) => name === 'Corrections')!;
  const ownRows = await own.rows({ from: 0, count: 60 }, 100, { textId: corrections.id });
  expect(ownRows.map(({ at, text }) => [at, text])).toEqual([
    [0, 'the hill'],
    [1, 'a whale, "quoted"\non two lines'],
  ]);

  // The toast starts the same classifier again.
  expect(getState().toasts.at(-1)!.action).toMatchObject({ label: 'Train again', path: '/train' });
  getState().toasts.at(-1)!.action!.run();
  const isFinished = (): boolean => getState().opened[getState().project.runId ?? '']?.phase.kind === 'finished';
  await vi.waitFor(() => expect([isFinished(), getState().training]).toEqual([true, null]), { timeout: 120_000 });
  const { record } = getState().opened[getState().project.runId!]!;
  const { parts } = record!.segments.at(-1)!.data.facts!;
  // The validation set has a fifth of the 40 table texts, and neither correction.
  expect([parts.train.documents, parts.validation.documents]).toEqual([34, 8]);
  expect(await own.correctionOf('the hill', record!)).toMatchObject({ isLearned: true });
  // The same text again replaces its row, also in a table that a run trained on.
  await own.correct('the hill', 'land');
  // The run trained on the earlier label.
  expect(await own.correctionOf('the hill', record!)).toEqual({ label: 'land', isLearned: false });
  expect(names()).toEqual(['Corrections', 'texts.csv']);
  expect((await rows())[0]).toEqual(['the hill', 'land']);
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(async () => expect((await rows())[0]).toEqual(['the hill', 'sea']));
  // A table that a run trained on stays unchanged, so its mistakes can be opened: later corrections get a new table.
  await own.correct('the hill 99', 'land');
  expect(names()).toEqual(['Corrections', 'Corrections 2', 'texts.csv']);
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(names()).toEqual(['Corrections', 'texts.csv']));
});

test("a correction that can't be saved reports it, and leaves the texts unchanged", async () => {
  const { getState, own } = await classifierStudio();
  await expect(own.correct(' \n', 'land')).resolves.toBe(false);
  expect(getState().toasts.at(-1)).toMatchObject({ text: "The correction wasn't saved" });
  expect(toTuneOn(getState(), 'classify')).toEqual([]);
});
