/** Data of texts with labels. */
import { expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { csvOf } from '../core/base/csv';
import { unwatched } from '../core/base/job';
import { changeLabelling, importText, joinedLabels, relabeled, tableFormatOf } from '../core/documents';
import { withUnlabeled } from '../core/documents/labels/labelChanges';
import { openPart } from '../core/shards/read';
import { dropped } from '../testing/drops';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { buildData } from '../jobs/buildData';

const SPLIT = { validation: 0.2, test: 0.2, seed: 1 };

test('parts have texts of every label, near-duplicates in one part, and unlabeled texts in none', async () => {
  const store = memoryStore();
  const long = (i: number): string => Array.from({ length: 60 }, (_, k) => `w${i * 61 + k}`).join(' ');
  const rows = [
    ...Array.from({ length: 20 }, (_, i) => [long(i), i % 4 === 0 ? 'Spam' : 'ham']),
    ...Array.from({ length: 5 }, (_, i) => [`${long(3)} ${i}`, 'ham']),
    ...Array.from({ length: 4 }, (_, i) => [long(40 + i), '']),
  ];
  const table = { format: tableFormatOf('a.csv'), columns: { text: 'text', label: 'label' } };
  const source = { ...dropped('a.csv', csvOf([['text', 'label'], ...rows])), table };
  const imported = await importText(source, store, { addedAt: 1, labeledAs: {} }, unwatched);
  if (imported.kind !== 'added') throw new Error(imported.kind);
  const { id } = imported.text;
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const build = () => buildData(store, [id], tokenizer, SPLIT, unwatched);
  const data = await build();
  expect(data.manifest).toMatchObject({ split: { rule: 'labels', ...SPLIT }, labels: ['Spam', 'ham'] });
  const places = new Map<number, string>();
  for (const part of ['train', 'validation', 'test'] as const) {
    const documents = (await openPart(store, data.manifest, part).documents())!;
    expect(new Set(documents.map(({ label }) => label)), part).toEqual(new Set(['Spam', 'ham']));
    for (const { place, label } of documents) {
      expect(label).toBe(rows[place]![1]);
      places.set(place, part);
    }
  }
  expect(places.size).toBe(25);
  expect(new Set([3, 20, 21, 22, 23, 24].map((place) => places.get(place))).size).toBe(1);

  // The same labels give the same data, and other labels give other data.
  expect((await build()).manifest).toEqual(data.manifest);
  await changeLabelling(store, id, (before) => relabeled(joinedLabels(before, ['Spam'], 'spam'), 25, 'spam'));
  const other = await build();
  expect(other.texts).not.toEqual(data.texts);
  expect(other.manifest.textHash).not.toBe(data.manifest.textHash);
  expect(other.manifest.labels).toEqual(['ham', 'spam']);
  const trained = Object.values(other.manifest.parts).reduce((sum, { documents = 0 }) => sum + documents, 0);
  expect(trained).toBe(26);
  await changeLabelling(store, id, (before) => joinedLabels(before, ['ham', 'spam'], ''));
  await expect(build()).rejects.toMatchObject({ code: 'bad-settings', message: 'No text has a label.' });
});

test('multi-label texts without labels are in every part by their share, like a label, if the setting says so', async () => {
  const store = memoryStore();
  const own = ['mild', 'rude|mild', '', '', ''];
  const rows = Array.from({ length: 200 }, (_, i) => [`a text ${i} of its own ${i * 7}`, own[i % 5]!]);
  const table = { format: tableFormatOf('a.csv'), columns: { text: 'text', label: 'label' } };
  const source = { ...dropped('a.csv', csvOf([['text', 'label'], ...rows])), table };
  const imported = await importText(source, store, { addedAt: 1, labeledAs: { between: '|' } }, unwatched);
  if (imported.kind !== 'added') throw new Error(imported.kind);
  const { id } = imported.text;
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const build = () => buildData(store, [id], tokenizer, SPLIT, unwatched);
  const before = await build();
  expect(before.labels!.train).toEqual({ mild: 48, rude: 24 });
  await changeLabelling(store, id, (now) => withUnlabeled(now, 'none'));
  const data = await build();
  expect(data.manifest.textHash).not.toBe(before.manifest.textHash);
  expect(data.labels).toMatchObject({
    train: { mild: 48, rude: 24, '|': 72 },
    validation: { mild: 16, rude: 8, '|': 24 },
  });
  const held = (await openPart(store, data.manifest, 'test').documents())!;
  expect(held.filter(({ label }) => label === '|')).toHaveLength(24);
  // Marked as not labeled yet, they are in no split again, and the data are as before.
  await changeLabelling(store, id, (now) => withUnlabeled(now, 'left-out'));
  expect((await build()).manifest).toEqual(before.manifest);
});
