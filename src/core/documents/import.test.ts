import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { unwatched, type Job, type Progress } from '../base/job';
import { collect, stream } from '../../testing/texts';
import {
  importDrop,
  addToProject,
  collectOrphans,
  importText,
  listTexts,
  openText,
  pastedText,
  previewDocument,
  purgeText,
  removeText,
  type TextSource,
} from '.';
import { unreadableTexts } from './library';
import { MAX_CHUNK_BYTES } from './chunks';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const source = (name: string, ...chunks: (string | Uint8Array)[]): TextSource => {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? utf8(chunk) : chunk));
  return { name, size: bytes.reduce((n, { length }) => n + length, 0), stream: () => stream(bytes) };
};
const add = (store: BlobStore, from: TextSource, addedAt = 1, job: Job = unwatched) =>
  importText(from, store, { addedAt }, job);
const read = async (store: BlobStore, id: string): Promise<string[]> =>
  collect((await openText(store, id))[0]!.chunks());

const NOW = 1e12;
const LATER = NOW + 61_000;

it('stores the text of a file and facts about it', async () => {
  const store = memoryStore();
  const outcome = await importText(
    source('notes.md', '\ufeff# Héllo ', 'wörld \u{1f600}\n'),
    store,
    { addedAt: 7, licence: 'CC0' },
    unwatched,
  );
  expect(outcome).toEqual({
    kind: 'added',
    text: {
      version: 4,
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      name: 'notes.md',
      projects: ['first'],
      sha256: createHash('sha256').update('\ufeff# Héllo wörld \u{1f600}\n').digest('hex'),
      size: 24,
      characters: 16,
      bytes: 21,
      records: 1,
      chunkBytes: [21],
      documents: 1,
      files: 1,
      indexed: true,
      leftOut: null,
      formats: ['md'],
      notes: ['Removed a UTF-8 byte order mark'],
      addedAt: 7,
      licence: 'CC0',
    },
  });
  const [text] = await listTexts(store);
  expect(outcome).toMatchObject({ text });
  expect(await read(store, text!.id)).toEqual(['# Héllo wörld \u{1f600}\n']);
  const document = { sha256: text!.sha256, characters: 16, bytes: 21, text: text!.id, place: 0 };
  expect(await openText(store, text!.id)).toMatchObject([document]);
});

it('states a note that applies to several files once', async () => {
  const files = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name, i) => source(name, i < 3 ? `\ufeff${i}` : 'none'));
  const { text } = await importDrop(files, memoryStore(), { addedAt: 1 }, unwatched);
  expect(text!.notes).toEqual(['a.txt and 2 others: Removed a UTF-8 byte order mark']);
});

it('keeps code of any length unchanged, with its language', async () => {
  const store = memoryStore();
  const line = 'INSERT INTO whales VALUES ("<p>", 1);\n';
  const piece = utf8(line.repeat(2 ** 15));
  const outcome = await add(store, source('dump.SQL', ...Array.from({ length: 60 }, () => piece)));
  const { text } = outcome as Extract<typeof outcome, { kind: 'added' }>;
  expect(text).toMatchObject({ bytes: 60 * piece.length, formats: ['code'], notes: [] });
  expect(text.bytes).toBeGreaterThan(64 * 2 ** 20);
  const [document] = await openText(store, text.id);
  expect(document!.fields).toEqual({ code: 'SQL' });
  for await (const chunk of document!.chunks()) expect(chunk.replaceAll(line, '')).toBe('');
});

it('splits chunks at line ends, long lines between characters, and loses nothing', async () => {
  const store = memoryStore();
  const line = `${'word '.repeat(20)}\n`;
  const texts = [line.repeat(12_000), '\u{1f600}'.repeat(500_000), `${'a'.repeat(MAX_CHUNK_BYTES)}\n${line}`];
  for (const [i, text] of texts.entries()) {
    const outcome = await add(store, pastedText(`${i}.txt`, text), i);
    const { id, records } = outcome.kind === 'added' ? outcome.text : outcome.of;
    const parts = await read(store, id);
    expect(parts.join('') === text).toBe(true);
    expect(parts).toHaveLength(records);
    expect(records).toBeGreaterThan(1);
    for (const part of parts) expect(part.isWellFormed() && utf8(part).length <= 2 ** 20).toBe(true);
    if (i === 0) expect(parts.every((part) => part.endsWith('\n'))).toBe(true);
  }
});

it('uses the bytes read, not the stated size', async () => {
  const store = memoryStore();
  const reports: Progress[] = [];
  const job = { ...unwatched, report: (at: Progress) => void reports.push(at) };
  const outcome = await add(store, { ...source('cpuinfo', 'model name: a', ' processor'), size: 0 }, 1, job);
  expect(outcome).toMatchObject({ kind: 'added', text: { size: 23, characters: 23 } });
  expect(reports).toEqual([{ label: 'Reading cpuinfo', done: 23, unit: 'bytes' }]);
  await expect(add(store, { ...source('gone.txt'), size: 1000 })).rejects.toThrow('gone.txt is empty.');
});

it('imports the same file once, and stores nothing of the second', async () => {
  const store = memoryStore();
  const first = await add(store, source('a.txt', 'some text'));
  const before = await store.keys('');
  const second = await add(store, source('b.txt', 'some', ' text'), 2);
  expect(second).toMatchObject({ kind: 'duplicate', of: { name: 'a.txt' } });
  expect(await store.keys('')).toEqual(before);
  expect(first.kind).toBe('added');
});

describe('stores nothing of', () => {
  const failing = (at: number, error: unknown): TextSource => ({
    name: 'a.txt',
    size: 1e8,
    stream: async function* () {
      for (let i = 0; i < at; i++) yield await Promise.resolve(utf8('text\n'.repeat(200_000)));
      throw error;
    },
  });
  const table: [string, TextSource, RegExp][] = [
    ['an empty file', source('a.txt'), /is empty/],
    ['a file of white space', source('a.txt', ' \n\t\u3000'), /only whitespace \(4 characters\)/],
    ['a byte order mark alone', source('a.txt', '\ufeff'), /contains no text/],
    ['a picture', source('a.txt', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)), /PNG/],
    ['a file that breaks off', source('a.txt', 'x'.repeat(9e6), Uint8Array.of(0xe2, 0x82)), /byte 9,000,000/],
    ['a file that vanishes', failing(20, new Error('NotReadableError')), /beyond byte 20,000,000: NotReadableError/],
  ];
  it.each(table)('%s', async (_, from, message) => {
    const store = memoryStore();
    await expect(add(store, from)).rejects.toMatchObject({
      code: expect.stringMatching(/^bad-(file|encoding)$/) as string,
      message: expect.stringMatching(message) as string,
    });
    expect(await store.keys('')).toEqual([]);
  });

  it('an import that is stopped', async () => {
    const store = memoryStore();
    const stop = new AbortController();
    const seen: Progress[] = [];
    const report = (progress: Progress) => {
      seen.push(progress);
      if (progress.done > 20e6) stop.abort();
    };
    const job = { signal: stop.signal, report };
    await expect(add(store, failing(50, new Error('not reached')), 1, job)).rejects.toThrow('abort');
    expect(seen.at(-1)).toEqual({ label: 'Reading a.txt', done: 22e6, of: 1e8, unit: 'bytes' });
    expect(await store.keys('')).toEqual([]);
  });

  it('an import that fails at any write', async () => {
    for (let fault = 1; fault <= 5; fault++) {
      const inner = memoryStore();
      let commits = 0;
      const store: BlobStore = {
        ...inner,
        commit: (change) => (++commits === fault ? Promise.reject(new Error('storage-full')) : inner.commit(change)),
      };
      const result = await add(store, source('a.txt', ...Array<string>(20).fill('text\n'.repeat(200_000)))).then(
        () => 'added',
        () => 'failed',
      );
      expect(result).toBe(commits > fault || result === 'failed' ? 'failed' : 'added');
      expect(await listTexts(inner)).toHaveLength(result === 'added' ? 1 : 0);
      if (result === 'failed') expect(await inner.keys('')).toEqual([]);
    }
  });
});

it('collects the leftovers of a crash, and stops an import whose parts another tab collected', async () => {
  const inner = memoryStore();
  let commits = 0;
  const dead = new Promise<never>(() => undefined);
  const dying: BlobStore = { ...inner, commit: (change) => (++commits > 2 ? dead : inner.commit(change)) };
  const big = (): TextSource => source('a.txt', ...Array<string>(20).fill('text\n'.repeat(200_000)));
  void add(dying, big());
  while (commits < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await inner.keys('text/')).length).toBeGreaterThan(0);
  expect(await collectOrphans(inner, LATER)).toBe(1);
  expect(await inner.keys('')).toEqual([]);

  let collected = false;
  const job: Job = {
    ...unwatched,
    report: ({ done }) => {
      if (done > 15e6 && !collected) {
        collected = true;
        void collectOrphans(inner, LATER);
      }
    },
  };
  await expect(add(inner, big(), 1, job)).rejects.toMatchObject({ code: 'in-use' });
  expect(await inner.keys('')).toEqual([]);
});

it('deletes a text with undo, and then for good', async () => {
  const store = memoryStore();
  for (const [i, words] of ['one', 'two', 'three'].entries()) await add(store, source(`${i}.txt`, words), i);
  const [first, second] = await listTexts(store);
  await removeText(store, first!.id, 'first', NOW);
  expect((await listTexts(store)).map(({ name }) => name)).toEqual(['1.txt', '2.txt']);
  await addToProject(store, first!.id, 'first');
  expect((await listTexts(store)).map(({ name }) => name)).toEqual(['0.txt', '1.txt', '2.txt']);
  await removeText(store, first!.id, 'first', NOW);
  await purgeText(store, second!.id);
  expect(await listTexts(store)).toHaveLength(2); // not purged, because it wasn't deleted, or was restored meanwhile
  await removeText(store, second!.id, 'first', NOW);
  await purgeText(store, second!.id);
  // Another tab may still undo it.
  expect(await collectOrphans(store, NOW + 59_000)).toBe(0);
  expect(await collectOrphans(store, LATER)).toBe(1);
  expect((await store.keys('text/')).map((key) => key.split('/')[2])).toEqual(['0', 'documents']);
  expect((await listTexts(store)).map(({ name }) => name)).toEqual(['2.txt']);
});

it('shows the first characters', async () => {
  const store = memoryStore();
  const outcome = await add(store, source('a.txt', '\u{1f600}é'.repeat(400_000)));
  const { id } = outcome.kind === 'added' ? outcome.text : outcome.of;
  const title = 'a.txt';
  expect(await previewDocument(store, id, 0, 3)).toMatchObject({ title, start: '\u{1f600}é\u{1f600}', notes: [] });
  expect(Array.from((await previewDocument(store, id, 0, 1e6)).start)).toHaveLength(800_000);
});

it('reports a damaged stored text', async () => {
  const store = memoryStore();
  const outcome = await add(store, source('a.txt', 'text'));
  const { id } = outcome.kind === 'added' ? outcome.text : outcome.of;
  await store.commit({ drop: [`text/${id}/0`] });
  await expect(read(store, id)).rejects.toMatchObject({
    code: 'storage-damaged',
    message: 'Part 1 of 1 of a.txt is missing.',
  });
  await expect(openText(store, 'none')).rejects.toMatchObject({ code: 'storage-damaged' });
  await store.commit({ put: [[`texts/${id}`, { name: 'x' }]] });
  expect(await listTexts(store)).toEqual([]);
});

it('reads each part once, prefetches the next, and retries a failed part on the next request', async () => {
  const store = memoryStore();
  const whole = 'a line of a text\n'.repeat(80_000);
  const outcome = await add(store, source('a.txt', whole));
  const { id } = outcome.kind === 'added' ? outcome.text : outcome.of;
  const asked: string[] = [];
  let isBroken = true;
  const get: typeof store.get = async (key) => {
    const part = key.split('/')[2]!;
    if (key.startsWith('text/')) asked.push(part);
    if (part === '2' && isBroken) throw new Error('no disk');
    return store.get(key);
  };
  const [document] = await openText({ ...store, get }, id);
  asked.length = 0;
  await expect(collect(document!.chunks())).rejects.toThrow('no disk');
  isBroken = false;
  expect((await collect(document!.chunks())).join('')).toBe(whole);
  expect(asked).toEqual(['0', '1', '2', '2', '3', '0', '1', '2', '3']);
  asked.length = 0;
  const chunks = document!.chunks()[Symbol.asyncIterator]();
  for (const n of [0, 1]) expect((await chunks.next()).done, String(n)).toBe(false);
  expect(asked).toEqual(['0', '1', '2']);
});

it('lists the other texts despite an unreadable one, and removes nothing of it', async () => {
  const store = memoryStore();
  const whole = await add(store, source('a.txt', 'whole'));
  const ids: string[] = [];
  for (const name of ['b', 'c', 'd', 'e']) {
    const outcome = await add(store, source(`${name}.txt`, `${name} is damaged`));
    ids.push(outcome.kind === 'added' ? outcome.text.id : '');
  }
  const [torn, newer, gone, moved] = ids as [string, string, string, string];
  await store.commit({
    put: [
      [`texts/${torn}`, 'x'],
      [`texts/${newer}`, { ...((await store.get(`texts/${newer}`)) as object), version: 5 }],
      // Deleted, and under the key of another text, so that purging it would delete that text.
      [`texts/${moved}`, { ...((await store.get(`texts/${newer}`)) as object), projects: [] }],
    ],
    drop: [`texts/${gone}`],
  });
  const before = await store.keys('');
  expect(await collectOrphans(store, LATER)).toBe(0);
  expect(await store.keys('')).toEqual(before);
  expect(await listTexts(store)).toEqual([whole.kind === 'added' && whole.text]);
  const failures = (await unreadableTexts(store)).map(({ key, failure }) => [key, failure.code]);
  expect(new Map(failures as [string, string][])).toEqual(
    new Map([
      [`texts/${torn}`, 'storage-damaged'],
      [`texts/${newer}`, 'newer-version'],
      [`texts/${moved}`, 'storage-damaged'],
      [`texts/${gone}`, 'storage-damaged'],
    ]),
  );
});

it('refuses half of a surrogate pair in a paste', () => {
  expect(() => pastedText('paste', 'ab\ud800')).toThrow(
    'Character 3 of the pasted text is half of a surrogate pair (U+D800)',
  );
  expect(pastedText('paste', '\u{1f600}').size).toBe(4);
});

it('reads a large file in bounded memory', { timeout: 60_000 }, async () => {
  const inner = memoryStore();
  const discarding: BlobStore = {
    ...inner,
    commit: ({ put = [], ...rest }) =>
      inner.commit({ ...rest, put: [...put].filter(([key]) => !key.startsWith('text/')) }),
  };
  const chunk = utf8('A line of words, not unlike any other line of words.\n'.repeat(1240)).subarray(0, 65_536);
  const size = 64 * 2 ** 20;
  const generated: TextSource = {
    name: 'large.txt',
    size,
    stream: async function* () {
      for (let done = 0; done < size; done += chunk.length) yield await Promise.resolve(chunk.slice());
    },
  };
  const start = process.memoryUsage.rss();
  let peak = 0;
  const job: Job = { ...unwatched, report: () => (peak = Math.max(peak, process.memoryUsage.rss())) };
  await add(discarding, generated, 1, job);
  expect(peak).toBeGreaterThan(0);
  expect((peak - start) / 2 ** 20).toBeLessThan(200);
});
