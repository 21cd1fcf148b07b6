/** Files that join an existing text: the project has one text, as if all files had been dropped at once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { propertyRuns } from '../../testing/propertyRuns';
import { awkwardText, collect, stream } from '../../testing/texts';
import {
  addToProject,
  importDrop,
  leaveOut,
  listDocuments,
  listTexts,
  openText,
  purgeText,
  setLicence,
  type TextSource,
} from '.';

const file = (name: string, text: string): TextSource => {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, stream: () => stream([bytes]) };
};
const drop = async (store: BlobStore, files: readonly TextSource[], joins?: string, addedAt = 1) =>
  importDrop(files, store, { addedAt, ...(joins !== undefined && { joins }) }, unwatched);
const read = async (store: BlobStore, id: string): Promise<string[]> =>
  Promise.all((await openText(store, id)).map(async (document) => (await collect(document.chunks())).join('')));
const rows = async (store: BlobStore, id: string) =>
  (await listDocuments(store, id, { from: 0, count: 1000 })).rows.map(({ file, title, characters }) => [file, title, characters]); // prettier-ignore

test('gives the same text as one drop of all files', async () => {
  const table: TextSource = { ...file('d/rows.csv', 'text,label\nwide,sea\ndry,land\n'), table: { format: 'csv', columns: { text: 'text', label: 'label' } } }; // prettier-ignore
  await fc.assert(
    fc.asyncProperty(
      fc.array(awkwardText, { minLength: 1, maxLength: 6 }),
      fc.array(awkwardText, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (first, then, hasTable) => {
        const named = (texts: readonly string[], at: number) => texts.map((text, i) => file(`d/${at + i}.txt`, text));
        const [a, b] = [named(first, 0), [...named(then, first.length), ...(hasTable ? [table] : [])]];
        const [together, apart] = [memoryStore(), memoryStore()];
        const { text: whole, refused } = await drop(together, [...a, ...b]);
        const begun = await drop(apart, a);
        const ended = await drop(apart, b, begun.text?.id, 2);
        const joined = ended.text ?? begun.text;
        expect([...begun.refused, ...ended.refused].length).toBe(refused.length);
        if (!whole || !begun.text) return;
        expect({ ...joined, id: '', notes: [] }).toEqual({ ...whole, id: '', notes: [] });
        expect(await listTexts(apart, 'first')).toEqual([joined]);
        expect(await read(apart, joined!.id)).toEqual(await read(together, whole.id));
        expect(await rows(apart, joined!.id)).toEqual(await rows(together, whole.id));
      },
    ),
    { numRuns: propertyRuns(40) },
  );
});

test('removes the joined text from the project, and leaves nothing of it after the purge', async () => {
  const store = memoryStore();
  const { text } = await drop(store, [file('d/a.txt', 'one')]);
  const outcome = await drop(store, [file('d/b.txt', 'two'), file('d/c.txt', 'one')], text!.id, 5);
  expect(outcome).toMatchObject({
    added: 1,
    joined: text!.id,
    text: { name: 'd', documents: 2, addedAt: 1 },
    duplicates: [{ name: 'd/c.txt', equals: 'd/a.txt' }],
  });
  await purgeText(store, text!.id);
  expect((await store.keys('')).filter((key) => key.includes(text!.id))).toEqual([]);
  // A drop without new files changes nothing.
  const keys = await store.keys('');
  expect(await drop(store, [file('d/e.txt', 'two')], outcome.text!.id)).toMatchObject({ text: null, added: 0 });
  expect(await store.keys('')).toEqual(keys);
});

test('keeps the original text in another project', async () => {
  const store = memoryStore();
  const { text } = await drop(store, [file('a.txt', 'one')]);
  await addToProject(store, text!.id, 'second');
  const { text: both } = await drop(store, [file('b.txt', 'two')], text!.id);
  expect((await listTexts(store, 'first')).map(({ id }) => id)).toEqual([both!.id]);
  expect((await listTexts(store, 'second')).map(({ id }) => id)).toEqual([text!.id]);
});

test.each([
  ['has documents left out', (store: BlobStore, id: string) => leaveOut(store, id, [0], true)],
  ['has a license that a person stated', (store: BlobStore, id: string) => setLicence(store, id, 'MIT')],
])('keeps a text that %s, and imports the files as a new text', async (_, change) => {
  const store = memoryStore();
  const { text } = await drop(store, [file('d/a.txt', 'one'), file('d/b.txt', 'two')]);
  await change(store, text!.id);
  expect(await drop(store, [file('d/c.txt', 'three')], text!.id)).toMatchObject({ added: 1, text: { documents: 1 } });
  expect(await listTexts(store, 'first')).toHaveLength(2);
});

test('keeps a text that changes while files join it, and imports the files as a new text', async () => {
  const store = memoryStore();
  const { text } = await drop(store, [file('d/a.txt', 'one'), file('d/b.txt', 'two')]);
  const late: TextSource = {
    ...file('d/c.txt', 'three'),
    async *stream() {
      await leaveOut(store, text!.id, [0], true);
      yield new TextEncoder().encode('three');
    },
  };
  expect(await drop(store, [late], text!.id)).not.toHaveProperty('joined');
  expect((await listTexts(store, 'first')).map(({ documents }) => documents).sort()).toEqual([1, 2]);
});
