/** Readers in a worker give the same results as in this thread, and a failing one costs only its own file. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { HomegrownError } from '../../base/errors';
import { unwatched } from '../../base/job';
import { conversationReader } from '../../chat/reader';
import { bytesOf, dropped, readDrop, readDropBy } from '../../../testing/drops';
import { EVERY_FORMAT } from '../../../testing/everyFormat';
import { guardedByChannel, withSubtitles } from '../../../testing/readerChannel';
import { collect } from '../../../testing/texts';
import { importDrop, lookAtTable, openText } from '..';
import { isBadRow } from '../../base/badRow';
import type { DocumentReader, Row } from '../formats/format';
import { ownFiles } from '../savedPages';
import { guarded, type ReaderWorker } from './guarded';
import { BATCHES_AHEAD, type FromWorker } from './protocol';
import { inProcess, type Readers } from './readers';

const FILM = 'film.srt';
const companions = () => [dropped('a.txt', 'Before it.'), dropped(FILM, 'x'.repeat(100)), dropped('z.vtt', VTT)];
const VTT = 'WEBVTT\n\n00:01.000 --> 00:02.000\nWhere away?\n';
const NEIGHBORS = ['a.txt', 'z.vtt'];
const titles = ({ documents }: Awaited<ReturnType<typeof readDrop>>) => documents.map(({ title }) => title);

test.each(Object.entries(EVERY_FORMAT))('reads %s the same in a worker, for any piece sizes', async (_, { files }) => {
  const { readers, workers } = guardedByChannel();
  const sources = (piece: number) =>
    ownFiles(Object.entries(files).map(([path, content]) => dropped(path, content, piece))).own;
  const here = await readDrop(...sources(1000));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), async (piece) => {
      expect(await readDropBy(readers, sources(Math.max(piece, 64)))).toEqual(here);
    }),
    { numRuns: 3 },
  );
  expect(workers.length).toBeLessThanOrEqual(1);
});

test('previews a table in a worker, which then reads the next', async () => {
  const { readers, workers } = guardedByChannel();
  const table = `text,label\n${Array.from({ length: 5000 }, (_, i) => `row ${i},${i % 2}\n`).join('')}`;
  const here = await lookAtTable(dropped('said.csv', table), 'csv');
  for (let i = 0; i < 3; i++) expect(await lookAtTable(dropped('said.csv', table), 'csv', readers)).toEqual(here);
  await expect(lookAtTable(dropped('none.csv', 'a,b\n'), 'csv', readers)).rejects.toThrow(/none\.csv/);
  expect(workers).toHaveLength(1);
});

test('reads conversations as objects, and column pairs as rows', async () => {
  const { readers } = guardedByChannel();
  const chats = '{"messages":[{"role":"user","content":"Aye?"},{"role":"assistant","content":"Aye."}]}\n'.repeat(3000);
  for (const [name, content, table] of [
    ['chats.jsonl', chats, undefined],
    ['asked.csv', 'q,a\nAye?,No.\n', { format: 'csv', columns: { input: 'q', target: 'a' } }],
  ] as const) {
    const read = async (by?: typeof readers) => {
      const store = memoryStore();
      const source = { ...dropped(name, content), ...(table && { table }) };
      const settings = { addedAt: 1, conversations: conversationReader, ...(by && { readers: by }) };
      const { text, refused } = await importDrop([source], store, settings, unwatched);
      expect(refused).toEqual([]);
      return text!.sha256;
    };
    expect(await read(readers)).toBe(await read());
  }
});

test('keeps unreadable rows in place', async () => {
  const { readers } = guardedByChannel();
  const text = ['no', '{"text":"a"}', '[1]', '{"text":"b"}', '2', '3'].join('\n');
  for (const kind of ['rows', 'objects'] as const) {
    const read = (by: Readers) =>
      collect(by(kind, 'jsonl', { name: 'a.jsonl', bytes: dropped('a.jsonl', text).stream(), note: () => undefined }));
    const here = await read(inProcess);
    expect(here.map(isBadRow)).toEqual([true, false, true, false, true, true]);
    // Only objects include the raw row.
    const plain = here.map((row) =>
      kind === 'rows' && 'value' in row ? { line: row.line, cells: (row as Row).cells } : row,
    );
    expect(await read(readers)).toEqual(plain);
  }
});

const thrown: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'a plain error',
    new TypeError("Cannot read properties of undefined (reading 'x')"),
    /film\.srt.*Subtitles.*reading 'x'/,
  ],
  ['what is no error', 'no', /film\.srt.*\(no\)/],
  ['a refusal', new HomegrownError('bad-file', 'film.srt has no cue.', 'Get it again.'), /^film\.srt has no cue\.$/],
];
test.each(thrown)('a reader that throws %s costs only its own file', async (_, error, message) => {
  for (const readers of [undefined, guardedByChannel().readers])
    await withSubtitles(failing(error), async () => {
      const read = await (readers ? readDropBy(readers, companions()) : readDrop(...companions()));
      expect(titles(read)).toEqual(NEIGHBORS);
      expect(read.reasons).toEqual([[FILM, expect.stringMatching(message)]]);
    });
});
const failing = (error: unknown): DocumentReader['documents'] =>
  async function* () {
    yield { text: 'This must not be stored.' };
    throw await Promise.resolve(error);
  };

test("rejects the file if its content can't be copied between threads", async () => {
  const { readers, workers } = guardedByChannel();
  const documents: DocumentReader['documents'] = async function* () {
    yield await Promise.resolve({ text: 'Aye.', fields: { label: (() => 1) as unknown as string } });
  };
  const read = await withSubtitles(documents, () => readDropBy(readers, companions()));
  expect([titles(read), read.reasons.map(([name]) => name)]).toEqual([NEIGHBORS, [FILM]]);
  expect(workers).toHaveLength(1);
});

test('passes on errors of the file’s bytes unchanged', async () => {
  const { readers } = guardedByChannel();
  const own = new HomegrownError('storage-full', 'The disk is full.');
  const broken = {
    ...dropped('z.vtt', VTT),
    stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(own) }) }),
  };
  await expect(readDropBy(readers, [broken])).rejects.toBe(own);
});

test('terminates a stuck reader, and reads the next file in a new worker', async () => {
  const { readers, workers } = guardedByChannel(undefined, 60);
  const documents: DocumentReader['documents'] = async function* () {
    await new Promise(() => undefined);
    yield { text: '' };
  };
  // Its event loop runs, so it sends `alive` for a while.
  const read = await withSubtitles(documents, () => readDropBy(readers, companions()));
  expect(titles(read)).toEqual(NEIGHBORS);
  expect(read.reasons).toEqual([
    [FILM, expect.stringMatching(/^Couldn't read film\.srt: its reader made no progress for 600 ms/)],
  ]);
  expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
});

test('terminates a silent worker sooner, but not one that waits for bytes', async () => {
  const silent = guardedByChannel((port) => {
    port.listen(() => undefined);
    port.post({ type: 'ready' });
  }, 60);
  const refused = await readDropBy(silent.readers, [dropped('z.vtt', VTT)]);
  expect(refused.reasons).toEqual([['z.vtt', expect.stringMatching(/no progress for 60 ms/)]]);

  const { readers, workers } = guardedByChannel(undefined, 30);
  let give = (): void => undefined;
  const late = new Promise<void>((resolve) => (give = resolve));
  const slow = async function* () {
    await late;
    yield bytesOf(VTT);
  };
  const reading = readDropBy(readers, [{ ...dropped('z.vtt', VTT), stream: slow }]);
  // Meanwhile, another file runs into the full timeout.
  expect((await readDropBy(silent.readers, [dropped('z.vtt', VTT)])).reasons).toHaveLength(1);
  give();
  expect(titles(await reading)).toEqual(['z.vtt']);
  expect(workers).toHaveLength(1);
});

test('the timeout starts when the worker is ready, however long the start takes', async () => {
  vi.useFakeTimers();
  try {
    let say: (message: FromWorker) => void = () => undefined;
    const worker: ReaderWorker = {
      listen: (listener) => void (say = listener),
      ...{ post: () => undefined, onEnd: () => undefined, terminate: () => undefined },
    };
    let failure: unknown;
    const { readers } = guarded(() => worker, 60);
    const file = { name: 'z.vtt', bytes: dropped('z.vtt', VTT).stream(), note: () => undefined };
    const reading = collect(readers('documents', 'vtt', file)).catch((error: unknown) => (failure = error));
    await vi.advanceTimersByTimeAsync(6000 + 9);
    say({ type: 'ready' });
    await vi.advanceTimersByTimeAsync(59);
    expect(failure).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await reading;
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^Couldn't read z\.vtt: .*no progress for 60 ms/) as string,
    });
  } finally {
    vi.useRealTimers();
  }
});

test('a crashed worker costs its file, and running out of memory is reported', async () => {
  for (const [memory, message] of [
    [undefined, /z\.vtt.*\(it crashed\)/],
    [2 ** 31, /z\.vtt: its reader needs more than 2\.15 GB of memory/],
  ] as const) {
    const guard = guardedByChannel((port) => {
      port.listen(() => guard.workers.at(-1)!.end('it crashed', memory));
      port.post({ type: 'ready' });
    });
    const { reasons } = await readDropBy(guard.readers, [dropped('y.vtt', VTT), dropped('z.vtt', VTT)]);
    expect(reasons).toEqual([
      ['y.vtt', expect.anything()],
      ['z.vtt', expect.stringMatching(message)],
    ]);
    expect(guard.workers.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
  }
});

test("a worker that can’t start isn't the file's fault", async () => {
  const guard = guardedByChannel(() => void setTimeout(() => guard.workers.at(-1)!.end('no script'), 0));
  await expect(readDropBy(guard.readers, [dropped('z.vtt', VTT)])).rejects.toMatchObject({ code: 'load-failed' });
});

test('Cancel ends any reader, and nothing is stored', async () => {
  const { readers, workers } = guardedByChannel();
  const stop = new AbortController();
  const reason = new Error('stopped by a person');
  const documents: DocumentReader['documents'] = async function* () {
    yield { text: 'Aye.' };
    stop.abort(reason);
    await new Promise(() => undefined);
  };
  const job = { signal: stop.signal, report: () => undefined };
  const reading = withSubtitles(documents, () => readDropBy(readers, companions(), job));
  await expect(reading).rejects.toBe(reason);
  expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true]);
  expect(titles(await readDropBy(readers, [dropped('z.vtt', VTT)]))).toEqual(['z.vtt']);
});

test('a reader waits until its batches are taken', async () => {
  const { readers } = guardedByChannel();
  let found = 0;
  const LONG = 'Aye. '.repeat(60_000); // a batch by itself
  const documents: DocumentReader['documents'] = async function* () {
    for (; found < 12; found++) yield await Promise.resolve({ text: LONG });
  };
  await withSubtitles(documents, async () => {
    const file = { name: FILM, bytes: dropped(FILM, LONG).stream(), note: () => undefined };
    let taken = 0;
    for await (const _ of readers('documents', 'srt', file)) {
      taken++;
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(found - taken).toBeLessThanOrEqual(BATCHES_AHEAD + 1);
    }
    expect(taken).toBe(12);
  });
});

test('rejects a file that expands without end, in this thread and in a worker alike', async () => {
  const documents: DocumentReader['documents'] = async function* ({ bytes }) {
    await collect(bytes);
    for (;;) yield await Promise.resolve({ text: ' '.repeat(1000) });
  };
  await withSubtitles(documents, async () => {
    const [here, there] = [await readDrop(...companions()), await readDropBy(guardedByChannel().readers, companions())];
    expect(here.reasons).toEqual([
      [FILM, expect.stringMatching(/100 bytes expand to more than 200 characters per byte/)],
    ]);
    expect(there).toEqual(here);
    expect(titles(here)).toEqual(NEIGHBORS);
  });
});

test('reads any number of files, at most four at once', async () => {
  const { readers, workers } = guardedByChannel();
  const reads = Array.from({ length: 9 }, (_, i) => readDropBy(readers, [dropped(`${i}.vtt`, VTT)]));
  expect((await Promise.all(reads)).map((read) => titles(read)[0])).toEqual(reads.map((_, i) => `${i}.vtt`));
  expect(workers.length).toBeLessThanOrEqual(4);
  expect(workers.filter(({ isTerminated }) => !isTerminated)).toHaveLength(1);
});

test('leaves nothing stored of a file whose reader was terminated', async () => {
  const store = memoryStore();
  const { readers } = guardedByChannel(undefined, 60);
  const documents: DocumentReader['documents'] = async function* () {
    yield { text: 'Half of it.' };
    await new Promise(() => undefined);
  };
  const { text } = await withSubtitles(documents, () =>
    importDrop([dropped('a.txt', 'Whole.'), dropped(FILM, 'x')], store, { addedAt: 1, readers }, unwatched),
  );
  const all = await openText(store, text!.id);
  expect(await Promise.all(all.map(async ({ chunks }) => (await collect(chunks())).join('')))).toEqual(['Whole.']);
  expect(text!.bytes).toBe(6);
});
