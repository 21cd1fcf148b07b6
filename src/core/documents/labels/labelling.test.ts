/** Labels come with documents, and what becomes of them changes nothing that was read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { csvOf } from '../../base/csv';
import { unwatched } from '../../base/job';
import { collect } from '../../testing/texts';
import {
  AS_READ,
  changeLabelling,
  documentsOf,
  importDrop,
  importText,
  joinedLabels,
  type Labelling,
  type LabelledAs,
  listDocuments,
  relabelled,
  textOf,
  textRef,
  type TextSource,
} from '..';
import { TEXT, textKey, type TextRecord } from '../record';
import { readRecord } from '../../base/record';
import { CLEANED } from '../clean/record';
import { labelsNow } from './labelling';

const file = (name: string, text: string, columns?: object): TextSource => {
  const bytes = new TextEncoder().encode(text);
  return {
    name,
    size: bytes.length,
    // eslint-disable-next-line @typescript-eslint/require-await -- a source is read as it comes
    stream: async function* () {
      yield bytes;
    },
    ...(columns && { table: { format: 'csv', columns: columns as never } }),
  };
};
const MAILS = csvOf([
  ['subject', 'body', 'label'],
  ['Hi', 'See you at six.', 'ham'],
  ['WIN', 'Click here now!', ' spam '],
  ['', 'No subject', 'Spam'],
  ['Later', 'Not looked at yet', ''],
]);
async function opened(source: TextSource | readonly TextSource[], labelled: LabelledAs = {}) {
  const store = memoryStore();
  const outcome = await importDrop([source].flat(), store, { addedAt: 1, labelled }, unwatched);
  if (!outcome.text) throw outcome.refused[0]!.error;
  const { text } = outcome;
  const labels = async (): Promise<string[]> =>
    (await documentsOf(store, await textOf(store, text.id))).map(({ fields }) => fields?.['label'] ?? '');
  return { store, text, labels, outcome };
}

test('a table is a text of examples: columns that are joined, labels without what stands around them, or none', async () => {
  const { store, text, labels } = await opened(
    file('mails.csv', MAILS, { text: 'subject', besides: ['body'], label: 'label' }),
  );
  expect(text).toMatchObject({ version: 4, labelled: 'one', documents: 4 });
  expect(await labels()).toEqual(['ham', 'spam', 'Spam', '']);
  const [first, , third] = await documentsOf(store, text);
  expect((await collect(first!.chunks())).join('')).toBe('Hi\n\nSee you at six.');
  expect((await collect(third!.chunks())).join('')).toBe('No subject');
  const { rows } = await listDocuments(store, text.id, { from: 0, count: 9 });
  expect(rows.map(({ label }) => label)).toEqual(['ham', 'spam', 'Spam', '']);
});

test('files are examples of the folders that they lie in, also where two are equal', async () => {
  const { text, labels, outcome } = await opened([
    file('mails/spam/1.txt', 'Click here'),
    file('mails/ham/1.txt', 'Click here'),
    file('mails/ham/2.txt', 'See you'),
    file('mails/ham/3.txt', 'See you'),
    file('readme.txt', 'Of these mails'),
  ]);
  expect(text).toMatchObject({ documents: 3, labelled: 'one' });
  expect(await labels()).toEqual(['spam', 'ham', 'ham']);
  expect(outcome.duplicates).toMatchObject([{ name: 'mails/ham/3.txt' }]);
  expect(outcome.refused).toMatchObject([{ name: 'readme.txt', error: { code: 'bad-file' } }]);
});

test.each(['|', ';', ','] as const)('with several labels a text a cell is parted by %s', async (between) => {
  const rows = csvOf([
    ['text', 'label'],
    ['one', `b${between} a ${between}b${between}`],
    ['two', ` ${between}`],
  ]);
  const { text, labels } = await opened(file('a.csv', rows), { between });
  expect(text.labelled).toBe('several');
  expect(await labels()).toEqual(['b|a', '']);
});

test('a table of which no column is known to hold labels is asked about', async () => {
  const refusal = await opened(file('a.csv', 'words,kind of it\nHello,a\n')).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'bad-shape',
    message: expect.stringContaining('a.csv has no column') as string,
  });
  const missing = await opened(file('a.csv', 'text,kind\nHello,a\n', { text: 'text', label: 'class' })).catch(
    (error: unknown) => error,
  );
  expect(missing).toMatchObject({ code: 'bad-file', message: expect.stringContaining('has text, kind') as string });
});

test('the same bytes are one thing as text and another as examples', async () => {
  const { store, text } = await opened(file('mails.csv', MAILS));
  const again = await importText(file('mails.csv', MAILS), store, { addedAt: 2, labelled: {} }, unwatched);
  expect(again).toMatchObject({ kind: 'duplicate', of: { id: text.id } });
  expect(await importText(file('mails.csv', MAILS), store, { addedAt: 3 }, unwatched)).toMatchObject({ kind: 'added' });
});

test('labels are joined and changed over what was read, and put back; the text is another then', async () => {
  const { store, text, labels } = await opened(file('mails.csv', MAILS));
  const refs = [textRef(text)];
  const change = async (to: (before: Labelling) => Labelling): Promise<void> => {
    refs.push(textRef(await changeLabelling(store, text.id, to)));
  };
  await change((before) => joinedLabels(before, ['Spam'], 'spam'));
  expect(await labels()).toEqual(['ham', 'spam', 'spam', '']);
  await change((before) => relabelled(relabelled(before, 3, 'ham'), 0, ''));
  expect(await labels()).toEqual(['', 'spam', 'spam', 'ham']);
  await change((before) => joinedLabels(before, ['ham', 'spam'], 'mail'));
  expect(await labels()).toEqual(['', 'mail', 'mail', 'mail']);
  expect(new Set(refs).size).toBe(4);
  await change(() => AS_READ);
  expect(await labels()).toEqual(['ham', 'spam', 'Spam', '']);
  expect(refs.at(-1)).toBe(refs[0]);
  expect(await textOf(store, text.id)).toEqual(text);
  await expect(changeLabelling(store, text.id, (before) => relabelled(before, 4, 'ham'))).rejects.toMatchObject({
    code: 'bad-settings',
  });
});

test('joined labels are those that all documents have that had one of them, whatever was done before', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'toString', '__proto__');
  const step = fc.oneof(
    fc.record({ join: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), to: name }),
    fc.record({ place: fc.nat({ max: 5 }), label: name }),
  );
  fc.assert(
    fc.property(fc.array(name, { minLength: 6, maxLength: 6 }), fc.array(step, { maxLength: 8 }), (read, steps) => {
      const wanted = [...read];
      let labelling = AS_READ;
      for (const one of steps) {
        if ('join' in one) {
          labelling = joinedLabels(labelling, one.join, one.to);
          for (const [place, label] of wanted.entries()) if (one.join.includes(label)) wanted[place] = one.to;
        } else {
          labelling = relabelled(labelling, one.place, one.label);
          wanted[one.place] = one.label;
        }
      }
      const now = labelsNow({ labelled: 'one', labelling: { ...labelling, sha256: '' } });
      expect(read.map((label, place) => now(place, label))).toEqual(wanted);
    }),
  );
});

test('of several labels a document has each once, by what they are called now', () => {
  const labelling = { ...joinedLabels(AS_READ, ['b', 'c'], 'x', 'several'), sha256: '' };
  const now = labelsNow({ labelled: 'several', labelling });
  expect(['a|b|c', 'c', 'a'].map((label, place) => now(place, label))).toEqual(['a|x', 'x', 'a']);
});

test('a text of the version before, also one within what was cleaned, is read', async () => {
  const store = memoryStore();
  const { text } = (await importText(file('a.txt', 'Hello'), store, { addedAt: 1 }, unwatched)) as { text: TextRecord };
  for (const version of [2, 3]) {
    const old = { ...text, version } as never;
    const facts = { id: 'c', of: text.id, recipe: { version: 1, name: 'x' }, hash: 'h', documents: 1, left: 0 };
    await store.commit({
      put: [
        [textKey(text.id), old],
        ['cleaned/c', { version: 1, ...facts, text: old, tallies: [], madeAt: 1 }],
      ],
    });
    expect(await readRecord(store, textKey(text.id), TEXT)).toEqual(text);
    expect((await readRecord(store, 'cleaned/c', CLEANED))?.text).toEqual(text);
  }
});
