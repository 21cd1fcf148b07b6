/** From a labeled table on Text to a classifier: training starts at once, or the setup asks for missing decisions. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readKnownRun } from '../core/runs/record';
import { lonelyLocks } from '../testing/behindChannels';
import { classifierStudio } from '../testing/classifierStudio';
import { labeledFile, labeledRows } from '../testing/labeledRuns';
import { CLASSIFIER_SETUP, closedRows, longRowsWords, rowsWithWord, tableLabel } from './classifierStart';
import { guideOf, nextStep } from './nextStep';
import { answer, isLabeled, questionsOf } from './questions';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** A labeled table that waits for an answer on Text. */
async function dropped(rows: readonly (readonly string[])[]) {
  const { store, getState } = await classifierStudio();
  const file = labeledFile(rows);
  await getState().addFiles([{ name: file.name, file }]);
  await vi.waitFor(() => expect(questionsOf(getState())[0]?.kind).toBe('table'));
  const [question] = questionsOf(getState());
  if (!isLabeled(question!)) throw new Error('The table does not look labeled');
  const label = tableLabel(getState(), question.labeled);
  return { store, getState, label, press: () => answer(getState(), question) };
}

test('a table with nothing left to decide trains at the press', async () => {
  const { store, getState, label, press } = await dropped(labeledRows(60));
  expect(label).toMatch(/^Train a classifier/);
  expect(press()).toBe('/train');
  await vi.waitFor(() => expect(getState().project.runId).not.toBeNull(), { timeout: 60_000 });
  const record = await readKnownRun(store, getState().project.runId!);
  expect(record.model.config.classes).toMatchObject({ labels: ['land', 'sea'] });
  expect(getState().undecided).toBeNull();
  // The table names the project, and the project the run.
  expect([getState().project.name, record.name]).toEqual(['texts', 'texts-1']);
  await vi.waitFor(() => expect(getState().training).toBeNull(), { timeout: 60_000 });
});

test('texts that are cut are announced on Text with the context that would fit, and the press trains', async () => {
  const { store, getState, label, press } = await dropped([...labeledRows(40), ['a whale '.repeat(40), 'sea']]);
  const [question] = questionsOf(getState());
  const { labeled } = question as { labeled: { longest: number } };
  expect(labeled.longest).toBe(320);
  expect(longRowsWords(getState(), labeled)).toBe('Texts longer than 32 tokens are cut; about 192 would fit all.');
  expect(longRowsWords(getState(), { longest: 60 })).toBeUndefined();
  expect(longRowsWords(getState(), { longest: 1e6 })).toBe('Texts longer than 32 tokens are cut.');
  expect(label).toMatch(/^Train a classifier/);
  expect(press()).toBe('/train');
  await vi.waitFor(() => expect(getState().project.runId).not.toBeNull(), { timeout: 60_000 });
  expect((await readKnownRun(store, getState().project.runId!)).model.config.context).toBe(32);
  await vi.waitFor(() => expect(getState().training).toBeNull(), { timeout: 60_000 });
});

test('a label of one text is decided in the setup, whose button names no time', async () => {
  const { getState, label, press } = await dropped([...labeledRows(40), ['a gull over the pier', 'bird']]);
  expect(label).toBe('Set up classifier…');
  expect(nextStep(guideOf(getState()), 'text')).toMatchObject({ kind: 'train-classifier', label });
  expect(press()).toBe('/tune?kind=classify');
  await vi.waitFor(() => expect(getState().tuneTexts).toMatchObject([{ documents: 41 }]));
  expect([getState().training, getState().undecided]).toEqual([null, null]);
});

test('the rows of a word open from a page, which opens again when they close', () => {
  const search = (path: string): string => path.split('?')[1]!;
  expect(closedRows(search(rowsWithWord('the & a', '/train')))).toBe('/train');
  expect(new URLSearchParams(search(rowsWithWord('the & a', '/train'))).get('word')).toBe('the & a');
  expect(closedRows(search(rowsWithWord('the')))).toBe(CLASSIFIER_SETUP);
  for (const elsewhere of ['//example.org', 'https://example.org', '/a/b'])
    expect(closedRows(search(rowsWithWord('the', elsewhere)))).toBe(CLASSIFIER_SETUP);
});
