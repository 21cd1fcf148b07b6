/** Drops of many files: one text of many documents, whatever the files. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { sha256Hex } from '../base/hash';
import { unwatched, type Progress } from '../base/job';
import { awkwardText, collect, stream } from '../../testing/texts';
import {
  addToProject,
  importDrop,
  importText,
  leaveOut,
  trainingSize,
  listDocuments,
  listTexts,
  openText,
  pastedText,
  previewDocument,
  removeText,
  textOf,
  textRef,
  type TextSource,
} from '.';
import { MAX_CHUNK_BYTES } from './chunks';
import { indexText } from './indexing';
import { BLOCK } from './record';
import { propertyRuns } from '../../testing/propertyRuns';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (name: string, ...pieces: readonly (string | Uint8Array)[]): TextSource => {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? utf8(piece) : piece));
  return { name, size: bytes.reduce((n, { length }) => n + length, 0), stream: () => stream(bytes) };
};
const drop = (store: BlobStore, files: readonly TextSource[], projectId = 'first', addedAt = 1) =>
  importDrop(files, store, { addedAt, projectId }, unwatched);
const read = async (store: BlobStore, id: string): Promise<string[]> =>
  Promise.all((await openText(store, id)).map(async (document) => (await collect(document.chunks())).join('')));
/** Stored values, with bytes as hashes, because comparing megabytes number by number takes seconds. */
const contents = async (store: BlobStore) => {
  const valueOf = async (key: string) => {
    const value = await store.get(key);
    return [key, value instanceof Uint8Array ? await sha256Hex(value) : value] as const;
  };
  return new Map(await Promise.all((await store.keys('')).map(valueOf)));
};

test('imports the files of a drop as the documents of one text, in order', async () => {
  const store = memoryStore();
  const { text, refused, duplicates } = await drop(store, [
    file('log/june.txt', '\ufeffCall me '),
    file('log/july.md', 'Ishmael é'),
    file('log/more/july.txt', '\u{1f600}\n'),
  ]);
  expect([refused, duplicates]).toEqual([[], []]);
  const hashes = [await sha256Hex('\ufeffCall me '), await sha256Hex('Ishmael é'), await sha256Hex('\u{1f600}\n')];
  expect(text).toMatchObject({
    name: 'log',
    projects: ['first'],
    sha256: await sha256Hex(hashes.join('\n')),
    size: 26,
    documents: 3,
    characters: 19,
    bytes: 23,
    records: 1,
    chunkBytes: [23],
    formats: ['txt', 'md'],
    notes: ['log/june.txt: Removed a UTF-8 byte order mark'],
  });
  expect(await listTexts(store)).toEqual([text]);
  expect(await read(store, text!.id)).toEqual(['Call me ', 'Ishmael é', '\u{1f600}\n']);
  const documents = await openText(store, text!.id);
  expect(documents.map(({ sha256, bytes, place }) => [sha256, bytes, place])).toEqual([
    [hashes[0], 8, 0],
    [hashes[1], 10, 1],
    [hashes[2], 5, 2],
  ]);
  expect((await drop(store, [file('a.txt', 'one'), file('log/b.txt', 'two')])).text?.name).toBe('2 files');
});

test('keeps the other files complete despite refused and duplicate ones, and stores nothing else', async () => {
  /** About a chunk, so that documents begin and end anywhere in a chunk, and refused ones are partly written. */
  const long = fc.integer({ min: MAX_CHUNK_BYTES - 3, max: 3 * MAX_CHUNK_BYTES });
  const good = fc.record({ kind: fc.constant('good'), length: fc.oneof(fc.integer({ min: 1, max: 40 }), long) });
  const bad = fc.record({ kind: fc.constantFrom('torn', 'white', 'again'), length: fc.oneof(fc.constant(9), long) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(good, bad), { minLength: 1, maxLength: 6 }), async (parts) => {
      const store = memoryStore();
      await importText(file('there.txt', 'again'), store, { addedAt: 0 }, unwatched);
      const there = [...(await store.keys(''))];
      const kept: string[] = [];
      const files = parts.map(({ kind, length }, i) => {
        const words = `${i} ${'é\n'.repeat(length / 2)}`;
        if (kind === 'again') return file(`${i}`, 'again');
        if (kind === 'white') return file(`${i}`, ' '.repeat(length));
        if (kind === 'torn') return file(`${i}`, words, Uint8Array.of(0xff, 0xfe, 0xfd));
        kept.push(words);
        return file(`${i}`, words);
      });
      const { text, refused, duplicates } = await drop(store, files);
      const of = (...kinds: string[]) => parts.flatMap(({ kind }, i) => (kinds.includes(kind) ? [`${i}`] : []));
      expect(refused.map(({ name }) => name)).toEqual(of('torn', 'white'));
      expect(duplicates.map(({ name }) => name)).toEqual(of('again'));
      const now = (await store.keys('')).filter((key) => !there.includes(key));
      if (!text) {
        expect([kept, now]).toEqual([[], []]);
        return;
      }
      expect((await read(store, text.id)).every((words, i) => words === kept[i])).toBe(true);
      expect(text.documents).toBe(kept.length);
      const chunks = text.chunkBytes.map((_, n) => `text/${text.id}/${n}`);
      expect(now.sort()).toEqual([...chunks, `text/${text.id}/documents/0`, `texts/${text.id}`].sort());
    }),
    { numRuns: propertyRuns(40) },
  );
}, 120_000);

test('reads back a drop of any small files', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        awkwardText.filter((text) => /[a-z]/.test(text)),
        { minLength: 1 },
      ),
      async (texts) => {
        const store = memoryStore();
        const { text, refused } = await drop(
          store,
          texts.map((words, i) => pastedText(`${i}`, words)),
        );
        // The reader may refuse one as binary, or drop its byte order mark.
        const kept = texts.filter((_, i) => !refused.some(({ name }) => name === `${i}`));
        expect(await read(store, text?.id ?? '').catch(() => [])).toEqual(
          kept.map((words) => words.replace(/^\ufeff/, '')),
        );
      },
    ),
  );
});

test('shares a text that another project has, without storing it again', async () => {
  const store = memoryStore();
  const files = () => [file('a.txt', 'one'), file('b.txt', 'two')];
  const { text } = await drop(store, files(), 'first');
  const before = await store.keys('');
  const shared = await drop(store, files(), 'second');
  expect(shared.text).toEqual({ ...text, projects: ['first', 'second'] });
  expect(await store.keys('')).toEqual(before);
  expect(await listTexts(store, 'second')).toEqual([shared.text]);
  // A part of it is a text of its own in another project, and a duplicate in the same one.
  expect((await drop(store, [file('a.txt', 'one')], 'third')).text).toMatchObject({
    projects: ['third'],
    documents: 1,
  });
  expect(await drop(store, [file('c.txt', 'two')], 'second')).toMatchObject({
    text: null,
    duplicates: [{ name: 'c.txt', of: { id: text!.id } }],
  });
  // Removed from one project, it stays in the other; removed from both, it is deleted.
  await removeText(store, text!.id, 'first', 5);
  expect(await textOf(store, text!.id)).toMatchObject({ projects: ['second'] });
  expect((await removeText(store, text!.id, 'second', 7)).removedAt).toBe(7);
  expect(await addToProject(store, text!.id, 'second')).toEqual({ ...text, projects: ['second'] });
});

test('keeps the changes of two tabs that each add a text to a project', async () => {
  const inner = memoryStore();
  const { text } = await drop(inner, [file('a.txt', 'one')]);
  let meddled = false;
  const store: BlobStore = {
    ...inner,
    async commit(change) {
      if (!meddled) {
        meddled = true;
        await addToProject(inner, text!.id, 'theirs');
      }
      return inner.commit(change);
    },
  };
  expect((await addToProject(store, text!.id, 'mine')).projects).toEqual(['first', 'theirs', 'mine']);
});

describe('a document that is left out', () => {
  it('is excluded from training, and can be viewed and restored', async () => {
    const store = memoryStore();
    const { text } = await drop(store, [file('a.txt', 'one'), file('b.txt', 'three'), file('c.txt', 'five é')]);
    const { id } = text!;
    const left = await leaveOut(store, id, [1], true);
    expect(left.leftOut).toEqual({
      places: [1],
      characters: 9,
      bytes: 10,
      sha256: await sha256Hex([await sha256Hex('one'), await sha256Hex('five é')].join('\n')),
    });
    expect(trainingSize(left)).toMatchObject({ documents: 2, characters: 9, bytes: 10 });
    expect(textRef(left)).not.toBe(textRef(text!));
    expect(await read(store, id)).toEqual(['one', 'five é']);
    expect((await openText(store, id)).map(({ place }) => place)).toEqual([0, 2]);
    expect((await previewDocument(store, id, 1, 10)).start).toBe('three');
    expect((await listDocuments(store, id, { from: 0, count: 9 })).rows.map(({ isOut }) => isOut)).toEqual([
      false,
      true,
      false,
    ]);
    await leaveOut(store, id, [0, 1], true);
    expect(await read(store, id)).toEqual(['five é']);
    await expect(leaveOut(store, id, [2], true)).rejects.toMatchObject({
      code: 'bad-settings',
      message: 'This would exclude every document of 3 files.',
    });
    expect(await leaveOut(store, id, [0, 1], false)).toEqual(text);
    // Its bytes stay stored, so the file remains a duplicate.
    await leaveOut(store, id, [1], true);
    expect((await drop(store, [file('again.txt', 'three')])).text).toBeNull();
  });
});

test('opens 20,000 documents of a text with a few reads', async () => {
  const inner = memoryStore();
  const words = (i: number): string => `Letter ${i}: the sea is wide, and the whale is large. `.repeat(1 + (i % 9));
  const seen: Progress[] = [];
  const { text } = await importDrop(
    Array.from({ length: 20_000 }, (_, i) => file(`letters/${i}.txt`, words(i))),
    inner,
    { addedAt: 1 },
    { ...unwatched, report: (at) => void seen.push(at) },
  );
  expect(text).toMatchObject({ name: 'letters', documents: 20_000 });
  expect(seen.length).toBeLessThan(1000);
  expect(seen.at(-1)).toMatchObject({ label: 'Reading file 20,000 of 20,000, letters/19999.txt', done: text!.size });
  const reads: string[] = [];
  const store: BlobStore = { ...inner, get: (key) => (reads.push(key), inner.get(key)) };
  const documents = await openText(store, text!.id);
  expect(reads).toHaveLength(1 + Math.ceil(20_000 / BLOCK));
  for (const [i, document] of documents.entries()) {
    const [whole, ...rest] = await collect(document.chunks());
    if (`${whole}${rest.join('')}` !== words(i)) expect(`${whole}${rest.join('')}`).toBe(words(i));
  }
  // In order, each chunk is read once, because the last one is cached.
  expect(reads.length).toBe(1 + Math.ceil(20_000 / BLOCK) + text!.records);
  reads.length = 0;
  const page = await listDocuments(store, text!.id, { from: 4090, count: 10 });
  expect(page.rows.map(({ place }) => place)).toEqual(Array.from({ length: 10 }, (_, i) => 4090 + i));
  expect(reads).toHaveLength(3);
  expect(await listDocuments(store, text!.id, { from: 1, count: 1, query: ' /1999' })).toMatchObject({
    of: 11,
    rows: [{ place: 19_990, title: 'letters/19990.txt', characters: words(19_990).length }],
  });
}, 60_000);

test('lists a text from before document lists as one document, without reading it', async () => {
  const store = memoryStore();
  const long = 'The sea is wide é. '.repeat(60_000);
  const { text } = await drop(store, [pastedText('sea.txt', long)]);
  const { version: _, projects: __, chunkBytes: ___, documents, indexed, leftOut, formats, ...rest } = text!;
  expect([documents, indexed, leftOut, formats]).toEqual([1, true, null, ['txt']]);
  const old = { ...rest, format: 'txt', removed: false };
  const key = `texts/${text!.id}`;
  const list = `text/${text!.id}/documents/0`;
  const [newest, block] = [await store.get(key), await store.get(list)];
  await store.commit({ put: [[key, old]], drop: [list] });
  expect(await textOf(store, text!.id)).toEqual({ ...text, chunkBytes: [], indexed: false });
  expect((await read(store, text!.id)).join() === long).toBe(true);
  expect(await listDocuments(store, text!.id, { from: 0, count: 5 })).toMatchObject({
    of: 1,
    rows: [{ title: 'sea.txt' }],
  });
  expect((await drop(store, [pastedText('again.txt', long)])).text).toBeNull();

  // Upgraded to the current format, as if added now.
  const before = await contents(store);
  let bytes = 0;
  await indexText(store, text!.id, (length) => (bytes += length));
  expect(bytes).toBe(text!.bytes);
  expect([await store.get(key), await store.get(list)]).toEqual([newest, block]);
  expect(await contents(store)).toEqual(new Map([...before, [key, newest], [list, block]]));

  // A deleted text stays deleted, and one that doesn't match its record stays unchanged.
  await store.commit({ put: [[key, { ...old, removed: true }]], drop: [list] });
  expect(await listTexts(store)).toEqual([]);
  await indexText(store, text!.id, () => undefined);
  expect(await textOf(store, text!.id)).toEqual({ ...text, projects: [] });
  for (const torn of [
    { ...old, characters: 5 },
    { ...old, records: 99 },
  ]) {
    await store.commit({ put: [[key, torn]], drop: [list] });
    const there = await contents(store);
    await expect(indexText(store, text!.id, () => undefined)).rejects.toMatchObject({ code: 'storage-damaged' });
    expect(await contents(store)).toEqual(there);
  }
});

test('reports a damaged or newer list of documents, and removes nothing of the text', async () => {
  const store = memoryStore();
  const { text } = await drop(store, [file('a.txt', 'one'), file('b.txt', 'two')]);
  const key = `text/${text!.id}/documents/0`;
  const block = (await store.get(key)) as object;
  for (const [bad, code] of [
    ['torn', 'storage-damaged'],
    [{ ...block, version: 99 }, 'newer-version'],
    [{ ...block, bytes: [3] }, 'storage-damaged'],
    [{ ...block, from: 5 }, 'storage-damaged'],
  ] as const) {
    await store.commit({ put: [[key, bad]] });
    await expect(openText(store, text!.id)).rejects.toMatchObject({ code });
    expect(await store.get(key)).toEqual(bad);
  }
  await store.commit({ drop: [key] });
  await expect(openText(store, text!.id)).rejects.toThrow('Part 1 of the document list of 2 files is missing.');
});

test('a text with an unreadable list blocks neither other texts nor adding it again', async () => {
  const store = memoryStore();
  const files = () => [file('a.txt', 'one'), file('b.txt', 'two')];
  const { text: torn } = await drop(store, files());
  const key = `text/${torn!.id}/documents/0`;
  const block = (await store.get(key)) as object;
  for (const bad of ['torn', { ...block, version: 99 }]) {
    await store.commit({ put: [[key, bad]] });
    expect((await drop(store, [file('c.txt', `three ${JSON.stringify(bad)}`)])).text).toMatchObject({ documents: 1 });
    expect(await store.get(key)).toEqual(bad);
  }
  const { text } = await drop(store, files(), 'first', 2);
  expect(text!.id).not.toBe(torn!.id);
  expect(await read(store, text!.id)).toEqual(['one', 'two']);
  expect(await drop(store, files(), 'first', 3)).toMatchObject({
    text: null,
    duplicates: [{ of: { id: text!.id } }, {}],
  });
});
