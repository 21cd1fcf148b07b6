/** Labels as a page shows and changes them, from the labels in a table. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { csvOf } from '../core/base/csv';
import { unwatched } from '../core/base/job';
import { labelWords } from '../core/base/labels';
import { MAX_CLASSIFIER_LABELS } from '../core/base/limits';
import { importText } from '../core/documents';
import type { Between } from '../core/documents/labels/between';
import { splitAtWord } from '../core/documents/labels/leaks';
import { changeLabels, labeledTexts } from './label';
import { importLabeled, labeledIn } from './labeledTables';
import { propertyRuns } from '../testing/propertyRuns';

/** Label names with separators, with table syntax, and with any other characters. */
const name = fc
  .string({ unit: fc.constantFrom('|', ';', ',', '"', ' ', 'a', 'é', '_'), minLength: 1, maxLength: 6 })
  .map((text) => text.trim())
  .filter((text) => text !== '');

async function table(
  cells: readonly string[],
  between?: Between,
  store = memoryStore(),
  labeled: object | null = between ? { between } : {},
) {
  const bytes = new TextEncoder().encode(csvOf([['text', 'label'], ...cells.map((cell, i) => [`text ${i}`, cell])]));
  const source = {
    name: 'a.csv',
    size: bytes.length,
    // oxlint-disable-next-line typescript/require-await -- a source is read as it comes
    async *stream() {
      yield bytes;
    },
    table: { format: 'csv', columns: { text: 'text', label: 'label' } } as const,
  };
  const outcome = await importText(source, store, { addedAt: 1, ...(labeled && { labeledAs: labeled }) }, unwatched);
  if (outcome.kind !== 'added') throw new Error('it is there already');
  const { id, labels } = outcome.text;
  const shown = async () => {
    const all = await labeledTexts(store, { texts: [id], at: { from: 0, count: cells.length }, characters: 9 });
    return all.map(({ labels }) => labels);
  };
  return { store, id, labels, shown };
}

test('next to multi-label texts, texts with one label appear in training format and can get several', async () => {
  const { store, id } = await table(['a|b', 'c']);
  const { id: other } = await table(['b|c', '|'], '|', store);
  const shown = async () => {
    const all = await labeledTexts(store, { texts: [id, other], at: { from: 0, count: 4 }, characters: 9 });
    return all.map(({ labels }) => labels);
  };
  expect(await shown()).toEqual([['a', 'b'], ['c'], ['b', 'c'], []]);
  await changeLabels(store, id, { kind: 'relabel', place: 1, labels: ['c', 'a'] });
  expect((await shown())[1]).toEqual(['c', 'a']);
});

test('rows with a word are found in whole texts, and begin shortly before it', async () => {
  const far = 'sea '.repeat(200);
  const cells = [`${far}The end`, 'other', 'it is the', 'lathe'];
  const store = memoryStore();
  const bytes = new TextEncoder().encode(csvOf([['text', 'label'], ...cells.map((cell) => [cell, 'ok'])]));
  const source = {
    name: 'a.csv',
    size: bytes.length,
    // oxlint-disable-next-line typescript/require-await -- a source is read as it comes
    async *stream() {
      yield bytes;
    },
    table: { format: 'csv', columns: { text: 'text', label: 'label' } } as const,
  };
  const outcome = await importText(source, store, { addedAt: 1, labeledAs: {} }, unwatched);
  if (outcome.kind !== 'added') throw new Error('it is there already');
  const ask = (from: number) =>
    labeledTexts(store, { texts: [outcome.text.id], at: { from, count: 9 }, characters: 100, word: 'the' });
  expect((await ask(0)).map(({ at, text }) => [at, text])).toEqual([
    [0, `…${'sea '.repeat(15)}The end`],
    [2, 'it is the'],
  ]);
  expect((await ask(1)).map(({ at }) => at)).toEqual([2]);
  expect(splitAtWord('The lathe, the', 'the')).toEqual(['', 'The', ' lathe, ', 'the', '']);
});

test('the label of a text is shown unchanged, whatever its name, and so is a new one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 4 }), name, async (cells, other) => {
      const { store, id, shown } = await table(cells);
      expect(await shown()).toEqual(cells.map((label) => [label]));
      expect((await shown()).map((labels) => labelWords(labels!))).toEqual(cells);
      await changeLabels(store, id, { kind: 'relabel', place: 0, labels: [other] });
      expect((await shown())[0]).toEqual([other]);
      await changeLabels(store, id, { kind: 'relabel', place: 0, labels: null });
      expect((await shown())[0]).toBeUndefined();
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('each of several labels is restored, and “none of them” differs from no answer', async () => {
  const one = name.filter((text) => !text.includes('|'));
  const some = fc.uniqueArray(one, { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 4 }), some, async (all, other) => {
      const { store, id, shown } = await table(
        all.map((labels) => labels.join('|') || '|'),
        '|',
      );
      expect(await shown()).toEqual(all);
      await changeLabels(store, id, { kind: 'relabel', place: 0, labels: other });
      expect((await shown())[0]).toEqual(other);
      await changeLabels(store, id, { kind: 'relabel', place: 0, labels: null });
      expect((await shown())[0]).toBeUndefined();
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('labeled documents of a training text are found, and can become texts to classify', async () => {
  const { store, id } = await table(['ham', 'spam', '', 'ham']);
  const one = await table(['same', 'same'], undefined, store);
  expect(await labeledIn(store, [id, one.id])).toEqual([{ id, name: 'a.csv', documents: 3, labels: 2 }]);
  const outcome = await importLabeled(store, id, { addedAt: 2, projectId: 'other' }, unwatched);
  if (outcome.kind !== 'added') throw new Error('it is there already');
  expect(outcome.text).toMatchObject({ name: 'a.csv', documents: 3, labelled: 'one', tunes: ['other'] });
  const all = await labeledTexts(store, { texts: [outcome.text.id], at: { from: 0, count: 9 }, characters: 9 });
  expect(all.map(({ text, labels }) => [text, labels])).toEqual([
    ['text 0', ['ham']],
    ['text 1', ['spam']],
    ['text 3', ['ham']],
  ]);
});

test("a training text reports the number of its documents' labels, if they distinguish documents", async () => {
  const counted = async (cells: readonly string[]) => (await table(cells, undefined, undefined, null)).labels;
  expect(await counted(['ham', 'spam', '', ' ham '])).toBe(2);
  expect(await counted(['same', 'same', ''])).toBeUndefined();
  expect(await counted(['', ''])).toBeUndefined();
  expect(await counted(Array.from({ length: MAX_CLASSIFIER_LABELS + 1 }, (_, i) => `label ${i}`))).toBeUndefined();
});
