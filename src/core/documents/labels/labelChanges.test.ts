/** Labels come with documents; changes to labels don't change the original text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { csvOf } from '../../base/csv';
import { NO_LABELS } from '../../base/labels';
import { unwatched } from '../../base/job';
import { collect } from '../../../testing/texts';
import {
  AS_READ,
  changeLabelling,
  documentsOf,
  importDrop,
  importText,
  joinedLabels,
  leaveOut,
  type LabelChanges,
  type LabeledAs,
  listDocuments,
  relabeled,
  textOf,
  textRef,
  type TextSource,
} from '..';
import { TEXT, textKey, type TextRecord } from '../record';
import { readRecord } from '../../base/record';
import { applyRecipe } from '../clean/applyRecipe';
import { stepOf } from '../clean/recipe';
import { CLEANED } from '../clean/record';
import { labelsNow, unlabeledAre, withUnlabeled } from './labelChanges';
import { propertyRuns } from '../../../testing/propertyRuns';

const file = (name: string, text: string, columns?: object): TextSource => {
  const bytes = new TextEncoder().encode(text);
  return {
    name,
    size: bytes.length,
    // oxlint-disable-next-line typescript/require-await -- a source is read as it comes
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
async function opened(source: TextSource | readonly TextSource[], labeledAs: LabeledAs = {}) {
  const store = memoryStore();
  const outcome = await importDrop([source].flat(), store, { addedAt: 1, labeledAs }, unwatched);
  if (!outcome.text) throw outcome.refused[0]!.error;
  const { text } = outcome;
  const labels = async (): Promise<string[]> =>
    (await documentsOf(store, await textOf(store, text.id))).map(({ fields }) => fields?.['label'] ?? '');
  return { store, text, labels, outcome };
}

test('reads a table as examples: joins columns, trims labels, allows missing ones', async () => {
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

test('labels files by their folders, also equal files', async () => {
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

test.each(['|', ';', ','] as const)('splits cells with several labels at %s', async (between) => {
  const rows = csvOf([
    ['text', 'label'],
    ['one', `b${between} a ${between}b${between}`],
    ['two', ` ${between}`],
    ['three', ' '],
  ]);
  const { text, labels } = await opened(file('a.csv', rows), { between });
  expect(text.labelled).toBe('several');
  // A cell with only the separator means: no labels.
  expect(await labels()).toEqual(['b|a', NO_LABELS, '']);
});

test('asks about a table without a known label column', async () => {
  const refusal = await opened(file('a.csv', 'words,kind of it\nHello,a\n')).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'bad-shape',
    message: expect.stringContaining('a.csv has no label column') as string,
  });
  const missing = await opened(file('a.csv', 'text,kind\nHello,a\n', { text: 'text', label: 'class' })).catch(
    (error: unknown) => error,
  );
  expect(missing).toMatchObject({ code: 'bad-file', message: expect.stringContaining('has text, kind') as string });
});

test('imports the same bytes as plain text and as examples', async () => {
  const { store, text } = await opened(file('mails.csv', MAILS));
  const again = await importText(file('mails.csv', MAILS), store, { addedAt: 2, labeledAs: {} }, unwatched);
  expect(again).toMatchObject({ kind: 'duplicate', of: { id: text.id } });
  expect(await importText(file('mails.csv', MAILS), store, { addedAt: 3 }, unwatched)).toMatchObject({ kind: 'added' });
});

test('merges, changes and restores labels; the text counts as another', async () => {
  const { store, text, labels } = await opened(file('mails.csv', MAILS));
  const refs = [textRef(text)];
  const change = async (to: (before: LabelChanges) => LabelChanges): Promise<void> => {
    refs.push(textRef(await changeLabelling(store, text.id, to)));
  };
  await change((before) => joinedLabels(before, ['Spam'], 'spam'));
  expect(await labels()).toEqual(['ham', 'spam', 'spam', '']);
  await change((before) => relabeled(relabeled(before, 3, 'ham'), 0, ''));
  expect(await labels()).toEqual(['', 'spam', 'spam', 'ham']);
  await change((before) => joinedLabels(before, ['ham', 'spam'], 'mail'));
  expect(await labels()).toEqual(['', 'mail', 'mail', 'mail']);
  expect(new Set(refs).size).toBe(4);
  await change(() => AS_READ);
  expect(await labels()).toEqual(['ham', 'spam', 'Spam', '']);
  expect(refs.at(-1)).toBe(refs[0]);
  expect(await textOf(store, text.id)).toEqual(text);
  await expect(changeLabelling(store, text.id, (before) => relabeled(before, 4, 'ham'))).rejects.toMatchObject({
    code: 'bad-settings',
  });
});

test('a merged label applies to all documents that had one of the labels', () => {
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
          labelling = relabeled(labelling, one.place, one.label);
          wanted[one.place] = one.label;
        }
      }
      const now = labelsNow({ labelled: 'one', labelling: { ...labelling, sha256: '' } });
      expect(read.map((label, place) => now(place, label))).toEqual(wanted);
    }),
  );
});

test('counts each label of a document once after renaming', () => {
  const labelling = { ...joinedLabels(AS_READ, ['b', 'c'], 'x', 'several'), sha256: '' };
  const now = labelsNow({ labelled: 'several', labelling });
  expect(['a|b|c', 'c', 'a'].map((label, place) => now(place, label))).toEqual(['a|x', 'x', 'a']);
});

test('sets and resets the meaning of missing labels, for all texts and for single ones', async () => {
  const rows = csvOf([['text', 'label'], ['one', 'a'], ['two', ''], ['three', 'b'], ['four', ''], ['five', 'a|b']]); // prettier-ignore
  const { store, text, labels } = await opened(file('a.csv', rows), { between: '|' });
  const refs = [textRef(text)];
  const change = async (to: (before: LabelChanges) => LabelChanges): Promise<void> => {
    refs.push(textRef(await changeLabelling(store, text.id, to)));
  };
  const said = async () => unlabeledAre(await textOf(store, text.id));
  expect([await labels(), await said()]).toEqual([['a', '', 'b', '', 'a|b'], undefined]);
  await change((before) => withUnlabeled(before, 'none'));
  expect([await labels(), await said()]).toEqual([['a', NO_LABELS, 'b', NO_LABELS, 'a|b'], 'none']);
  // A person's changes: one has no label yet, another gets a label, and a third loses its labels.
  await change((before) => relabeled(relabeled(relabeled(before, 1, ''), 3, 'b'), 0, NO_LABELS));
  expect(await labels()).toEqual([NO_LABELS, '', 'b', 'b', 'a|b']);
  // After a label is dropped, its texts keep their other labels, or have none.
  await change((before) => joinedLabels(before, ['b'], '', 'several'));
  expect([await labels(), await said()]).toEqual([[NO_LABELS, '', NO_LABELS, NO_LABELS, 'a'], 'none']);
  await change((before) => withUnlabeled(before, 'left-out'));
  expect([await labels(), await said()]).toEqual([[NO_LABELS, '', '', NO_LABELS, 'a'], 'left-out']);
  expect(new Set(refs).size).toBe(5);
  await change(() => AS_READ);
  expect(await textOf(store, text.id)).toEqual(text);
});

test('labels stay with their documents after exclusion, cleaning and relabeling in any order', async () => {
  const TEXTS = Array.from({ length: 6 }, (_, i) => `${'word '.repeat(i + 1)}${i}`);
  const read = ['a', 'b', 'a|b', '', 'c', 'b'];
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const place = fc.nat({ max: 5 });
  const step = fc.oneof(
    fc.record({ place, label: fc.constantFrom('a', 'b|c', '', NO_LABELS) }),
    fc.record({ join: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }), to: name }),
    fc.record({ are: fc.constantFrom('none', 'left-out') }),
    // A rule drops documents with fewer characters; 0 means no rule.
    fc.record({ least: fc.constantFrom(0, 10, 20) }),
    fc.record({ out: place, isOut: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const rows = csvOf([['text', 'label'], ...TEXTS.map((text, i) => [`  ${text}`, read[i]!])]);
      const { store, text } = await opened(file('a.csv', rows), { between: '|' });
      let labelling = AS_READ;
      let min = 0;
      const out = new Set<number>();
      const isTrainedOn = (own: string, i: number): boolean => !out.has(i) && own.length >= min;
      for (const one of steps) {
        if ('least' in one || 'out' in one) {
          const [before, places] = [min, new Set(out)];
          if ('least' in one) min = one.least;
          else if (one.isOut) out.add(one.out);
          else out.delete(one.out);
          const rules = min > 0 ? [stepOf('whiteSpace'), stepOf('length', { least: min })] : [];
          const done =
            'least' in one
              ? applyRecipe(store, text.id, { version: 1, name: 'own', steps: rules, kept: [] }, { at: 2 }, unwatched)
              : leaveOut(store, text.id, [one.out], one.isOut);
          if (TEXTS.some(isTrainedOn)) await done;
          else {
            // No document would remain, so nothing changes.
            await expect(done).rejects.toMatchObject({ code: 'bad-settings' });
            min = before;
            out.clear();
            for (const each of places) out.add(each);
          }
        } else {
          const change = (before: LabelChanges): LabelChanges =>
            'are' in one
              ? withUnlabeled(before, one.are)
              : 'join' in one
                ? joinedLabels(before, one.join, one.to, 'several')
                : relabeled(before, one.place, one.label);
          labelling = change(labelling);
          await changeLabelling(store, text.id, change);
        }
        const now = labelsNow({ labelled: 'several', labelling: { ...labelling, sha256: '' } });
        const wanted = TEXTS.flatMap((own, i) => (isTrainedOn(own, i) ? [[i, own, now(i, read[i])] as const] : []));
        const documents = await documentsOf(store, await textOf(store, text.id));
        const found = await Promise.all(
          documents.map(async (each) => [
            each.place,
            (await collect(each.chunks())).join('').trim(),
            each.fields?.['label'] ?? '',
          ]),
        );
        expect(found).toEqual(wanted);
      }
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('reads a text of an older version, also within a cleaned text', async () => {
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

test('rejects a label that is too long, with its row', async () => {
  const rows = (label: string): string =>
    csvOf([
      ['text', 'label'],
      ['a', 'x'],
      ['', 'y'],
      ['b', label],
    ]);
  const message = 'A label in row 4 of a.csv has 100,000 characters; the maximum is 200: “';
  await expect(opened(file('a.csv', rows('.'.repeat(100_000))))).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(message) as string,
  });
  const several = rows(['x'.repeat(200), 'y'.repeat(200)].join(';'));
  expect(await (await opened(file('a.csv', several), { between: ';' })).labels()).toHaveLength(2);
  await expect(opened(file('a.csv', several))).rejects.toThrow('row 4 of a.csv has 401 characters');
  await expect(opened(file(`mails/${'x'.repeat(201)}/1.txt`, 'a'))).rejects.toThrow('has 201 characters');
});
