/** JSON as rows: lists item by item, with bounded memory. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../testing/propertyRuns';
import { utf8 } from '../../testing/readDocuments';
import { collect, stream } from '../../testing/texts';
import { listItems } from './json';
import { jsonObjects } from './jsonObjects';
import { rows } from './formats/json';

const file = (bytes: AsyncIterable<Uint8Array>) => ({ name: 'a.json', bytes, note: () => undefined });
function cut(text: string, piece: number) {
  const bytes = utf8(text);
  const count = Math.ceil(bytes.length / piece);
  return file(stream(Array.from({ length: count }, (_, i) => bytes.subarray(i * piece, (i + 1) * piece))));
}

test('yields the items of a list, however the file is split', async () => {
  const json = fc.tuple(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'));
  await fc.assert(
    fc.asyncProperty(json, fc.integer({ min: 1, max: 30 }), async ([list, space], piece) => {
      const text = JSON.stringify(list, null, space);
      expect(await collect(listItems(cut(` ${text}\n`, piece)))).toEqual(JSON.parse(text));
    }),
    { numRuns: propertyRuns(100) },
  );
});

test.each(['[', '[1,]', '[1', '[1}', '[}', '[,1]', '[1 2]', '[1] 2', '[1]]', '["a]', '[{"a":1]]', '[[1}]'])(
  'refuses the malformed list %s',
  async (text) => {
    for (const piece of [1, 100])
      await expect(collect(listItems(cut(text, piece)))).rejects.toThrow(/^a\.json is not JSON: /);
  },
);

test('yields a row before the list ends', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(utf8('[{"text":"Aye"},'));
    // The first MB or less decides the format, and then nothing is buffered.
    for (let i = 0; i < 1000; i++) yield utf8(`{"text":"${'a'.repeat(10_000)}"},`);
    throw new Error('read to its end');
  }
  for await (const { cells } of rows(file(endless()))) {
    expect([...cells]).toEqual([['text', 'Aye']]);
    break;
  }
});

test('refuses an object that needs far more memory than bytes, in a list, on a line and alone', async () => {
  const many = `{"a":[${'1,'.repeat(8_000_000)}1]}`;
  const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
  const names = `{"a":1${',"b":1'.repeat(1_000_000)}}`;
  for (const [text, problem] of [
    [many, /has more than 8,000,000 values/],
    [names, /has an object of more than 1,000,000 names/],
    [deep, /nests more than 10,000 lists and objects/],
  ] as const) {
    await expect(collect(rows(cut(text, 2 ** 20)))).rejects.toThrow(problem);
    await expect(collect(rows(cut(`[${text}]`, 2 ** 20)))).rejects.toThrow(problem);
  }
  expect(await collect(jsonObjects(cut(`{"a":1}\n${many}\n`, 2 ** 20)))).toMatchObject([
    { value: { a: 1 } },
    { place: 'line 2', problem: 'has more than 8,000,000 values' },
  ]);
});

test('refuses an object whose text needs too much memory, in a list, on a line and alone', async () => {
  const pieces = function* (text: string, megabytes: number): Generator<Uint8Array> {
    yield utf8(`{"text":"${text}`);
    const piece = utf8('whale oil '.repeat(100_000));
    for (let i = 0; i < megabytes; i++) yield piece;
    yield utf8('"}');
  };
  const inList = function* (parts: Iterable<Uint8Array>): Generator<Uint8Array> {
    yield utf8('[');
    yield* parts;
    yield utf8(']');
  };
  const problem = /takes more than 419 MB of memory to read/;
  // A code unit beyond Latin-1 doubles the memory of all.
  for (const [text, megabytes] of [
    ['', 150],
    ['“', 75],
  ] as const) {
    await expect(collect(rows(file(stream(pieces(text, megabytes)))))).rejects.toThrow(problem);
    await expect(collect(rows(file(stream(inList(pieces(text, megabytes))))))).rejects.toThrow(problem);
    expect(await collect(jsonObjects(file(stream(pieces(text, megabytes)))))).toEqual([
      { place: 'line 1', problem: expect.stringMatching(megabytes > 100 ? /134,217,728|memory/ : problem) as string },
    ]);
  }
  expect(await collect(rows(file(stream(pieces('', 60)))))).toHaveLength(1);
});

test('counts more memory for distinct names than for names that all objects share', async () => {
  const listOf = (name: (i: number) => string): string =>
    `{"rows":[${Array.from({ length: 1_000_000 }, (_, i) => `{"${name(i)}":1,"${name(i)}b":2}`).join(',')}]}`;
  await expect(
    collect(
      rows(
        cut(
          listOf((i) => `name ${i}`),
          2 ** 20,
        ),
      ),
    ),
  ).rejects.toThrow(/of memory to read/);
  expect(
    await collect(
      rows(
        cut(
          listOf((i) => `name ${i % 7}`),
          2 ** 20,
        ),
      ),
    ),
  ).toHaveLength(1);
});

test('a list may hold more values than an object', async () => {
  const item = `[${'1,'.repeat(1_000_000)}1],`;
  let count = 0;
  for await (const _ of listItems(cut(`[${item.repeat(9)}1]`, 2 ** 20))) count++;
  expect(count).toBe(10);
});
