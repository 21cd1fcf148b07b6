/** Archives: their files are read as if dropped themselves, and none of their claims is trusted. */
import fc from 'fast-check';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched, type Progress } from '../base/job';
import { bytesSource } from '../files/byteSource';
import { BZIP2 } from '../../testing/bzip2';
import { type TarFile, tarOf } from '../../testing/tar';
import { collect, stream } from '../../testing/texts';
import { importDrop, openText, type TextSource } from '.';
import { MAX_ENTRIES } from './limits';
import { blocksOf } from './blocks';
import { propertyRuns } from '../../testing/propertyRuns';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? utf8(content) : content);
/** @param piece bytes per chunk; 0: random access */
function file(name: string, content: string | Uint8Array, piece = 1000): TextSource {
  const bytes = bytesOf(content);
  const pieces = Array.from({ length: Math.ceil(bytes.length / (piece || 1000)) }, (_, i) =>
    bytes.subarray(i * (piece || 1000), (i + 1) * (piece || 1000)),
  );
  const stay = { name, size: bytes.length, stream: () => stream(pieces) };
  return piece === 0 ? { ...stay, places: bytesSource(bytes) } : stay;
}
async function read(...sources: TextSource[]) {
  const store = memoryStore();
  const { text, refused, passedOver, empty, duplicates } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const names: string[] = [];
  const texts: string[] = [];
  if (text) {
    for await (const { files } of blocksOf(store, text)) names.push(...files.map(({ name }) => name));
    for (const { chunks } of await openText(store, text.id)) texts.push((await collect(chunks())).join(''));
  }
  const reasons = refused.map(({ name, error }) => [name, error.message] as const);
  for (const { error } of refused) expect(error.remedy).toBeTruthy();
  return { names, texts, reasons, passedOver: passedOver.map(({ why }) => why), empty, duplicates, text };
}
const zip = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, bytesOf(content)])));
const tar = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  tarOf(Object.entries(files).map(([path, text]) => ({ path, text })));

const FILES = {
  'in/a.txt': 'Call me Ishmael.',
  'in/page.html': '<p>Some years &amp; days</p>',
  'in/said.csv': 'text,label\nAye,1\nNo,2\n,3\n',
  'in/.DS_Store': '\0',
  'in/shot.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
};

describe.each([
  ['a.zip', zip(FILES), 0],
  ['a.zip', zip(FILES), 7],
  ['a.tar', tar(FILES), 100],
  ['a.tar.gz', gzipSync(tar(FILES)), 3],
  ['a.tgz', gzipSync(tar(FILES)), 1000],
])('%s', (name, bytes, piece) => {
  it('reads the documents of its files, keeps their paths, and reports files without documents', async () => {
    const found = await read(file(name, bytes, piece), file('b.txt', 'Besides.'));
    expect(found).toMatchObject({ passedOver: ['hidden'], empty: 1 });
    expect(found.names).toEqual([`${name}/in/a.txt`, `${name}/in/page.html`, `${name}/in/said.csv`, 'b.txt']);
    expect(found.texts).toEqual(['Call me Ishmael.', 'Some years & days', 'Aye', 'No', 'Besides.']);
    expect(found.reasons).toEqual([[`${name}/in/shot.png`, expect.stringMatching(/is a PNG picture/)]]);
  });
});

test('skips parts of saved pages in archives too', async () => {
  const found = await read(
    file('a.zip', zip({ 'x.html': '<p>Aye</p>', 'x_files/a.js': 'run()', 'y_files/b.txt': 'No' }), 0),
  );
  expect(found).toMatchObject({
    names: ['a.zip/x.html', 'a.zip/y_files/b.txt'],
    passedOver: ['saved page'],
    reasons: [],
  });
});

test('reads an archive in an archive but no deeper, and names a single compressed file without its ending', async () => {
  const once = zip({ 'b.txt': 'Once.', 'c.txt.gz': gzipSync(utf8('Packed.')) });
  const twice = zip({ 'in.zip': once, 'in.tar.gz': gzipSync(tar({ 'd.txt': 'In a tar.', 'x.zip': once })) });
  const found = await read(file('a.zip', twice, 0));
  expect(found.names).toEqual(['a.zip/in.zip/b.txt', 'a.zip/in.zip/c.txt.gz/c.txt', 'a.zip/in.tar.gz/d.txt']);
  expect(found.texts).toEqual(['Once.', 'Packed.', 'In a tar.']);
  expect(found.reasons).toEqual([
    ['a.zip/in.tar.gz/x.zip', expect.stringMatching(/^a\.zip\/in\.tar\.gz\/x\.zip is nested too deep/)],
  ]);
  const gz = await read(file('b.txt.gz', gzipSync(gzipSync(utf8('Twice.')))), file('b.gz.gz', gzipSync(utf8('x'))));
  expect(gz.reasons.map(([name]) => name)).toEqual(['b.txt.gz/b.txt', 'b.gz.gz']);
});

test('reads a bzip2 as the file in it, and with a tar in it as one archive', async () => {
  expect(await read(file('b.txt.bz2', BZIP2.several, 7))).toMatchObject({
    names: ['b.txt.bz2/b.txt'],
    texts: ['Call me Ishmael, né.Aye.'],
  });
  for (const name of ['a.tar.bz2', 'a.tbz2'])
    expect(await read(file(name, BZIP2.tar))).toMatchObject({
      names: [`${name}/in/a.txt`, `${name}/in/b.txt`],
      texts: ['Call me Ishmael.', 'Aye.'],
    });
  const within = await read(
    file('x.zip', zip({ 'in.tar.bz2': BZIP2.tar, 'd.txt.bz2.gz': gzipSync(BZIP2.several) }), 0),
  );
  expect(within.names).toEqual(['x.zip/in.tar.bz2/in/a.txt', 'x.zip/in.tar.bz2/in/b.txt']);
  expect(within.reasons).toEqual([['x.zip/d.txt.bz2.gz', expect.stringMatching(/is nested too deep/)]]);
});

test('reads all members of a gzip, and verifies the checksum of each', async () => {
  const parts = ['Call me ', 'Ishmael.', 'x'.repeat(20_000)].map((text) => gzipSync(utf8(text)));
  const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
  for (const piece of [1, 13, 100_000])
    expect((await read(file('a.txt.gz', whole, piece))).texts).toEqual([`Call me Ishmael.${'x'.repeat(20_000)}`]);
  for (const [at, reason] of [
    [parts[0]!.length - 6, /checksum/],
    [parts[0]!.length + parts[1]!.length - 1, /checksum/],
    [whole.length - 1, /checksum/],
  ] as const) {
    const found = await read(file('a.txt.gz', whole.with(at, whole[at]! ^ 1)));
    expect(found.reasons).toEqual([['a.txt.gz/a.txt', expect.stringMatching(reason)]]);
  }
  const cut = await read(file('a.txt.gz', whole.subarray(0, whole.length - 3)));
  expect(cut.reasons).toEqual([['a.txt.gz/a.txt', expect.stringMatching(/damaged or cut off/)]]);
});

test('reads long names in pax and GNU tars, skips folders, and refuses links and truncated tars', async () => {
  const long = `deep/${'x'.repeat(120)}.txt`;
  const record = `path=${long}\n`;
  const pax = `${record.length + 4} ${record}`;
  const files: TarFile[] = [
    { path: 'folder/', type: '5' },
    { path: 'PaxHeader', type: 'x', text: pax },
    { path: 'short', text: 'By pax.' },
    { path: '././@LongLink', type: 'L', text: `${long}\0` },
    { path: long, text: 'By GNU.' },
    { path: 'link.txt', type: '2', link: 'a.txt' },
    { path: 'last.txt', text: 'Last.' },
  ];
  const found = await read(file('a.tar', tarOf(files, false), 300));
  expect(found.names).toEqual([`a.tar/${long}`, `a.tar/${long}`, 'a.tar/last.txt']);
  expect(found.texts).toEqual(['By pax.', 'By GNU.', 'Last.']);
  expect(found.reasons).toEqual([['a.tar/link.txt', expect.stringMatching(/is a link to a\.txt$/)]]);
  const cut = await read(file('a.tar', tarOf(files).subarray(0, 512 * 4 + 3)));
  expect(cut.names).toEqual([]);
  expect(cut.reasons).toEqual([[`a.tar/${long}`, expect.stringMatching(/it is cut off inside deep/)]]);
  expect((await read(file('a.tar', 'Call me Ishmael.'.repeat(90)))).reasons).toEqual([
    ['a.tar', expect.stringMatching(/the file header at byte 0 is missing$/)],
  ]);
});

describe('a zip', () => {
  const edited = (bytes: Uint8Array, from: number, at: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint16(from + at, value, true);
    return copy;
  };
  const directory = (bytes: Uint8Array): number => new DataView(bytes.buffer).getUint32(bytes.length - 6, true);

  it('may have a comment, ZIP64 records and DOS names', async () => {
    const plain = zip({ 'a.txt': 'Call me.', 'deep\\b.txt': 'Ishmael.' });
    const comment = Uint8Array.from([...edited(plain, plain.length - 22, 20, 5), ...utf8('hello')]);
    expect((await read(file('a.zip', comment, 0))).names).toEqual(['a.zip/a.txt', 'a.zip/deep/b.txt']);
    const legacy = zip({ 'a?.txt': 'Call me.' }).map((byte) => (byte === 63 ? 0x82 : byte));
    expect((await read(file('a.zip', legacy))).names).toEqual(['a.zip/aé.txt']);
    expect((await read(file('a.zip', zip64(plain)))).texts).toEqual(['Call me.', 'Ishmael.']);
  });

  it('reads other entries when some are unreadable', async () => {
    const both = zip({ 'a.txt': 'Call me Ishmael. Call me Ishmael.', 'b.txt': 'Aye.' });
    const at = directory(both);
    for (const [bytes, reason] of [
      [edited(both, at, 8, 1), /a\.txt is encrypted/],
      [edited(both, at, 10, 12), /uses compression method 12/],
      [edited(both, at, 24, 5), /is longer than the 5 bytes/],
      [edited(both, at, 24, 500), /unpacks to 33 of 500 bytes/],
      [edited(both, at, 16, 5), /is damaged: its checksum/],
      [both.with(40, both[40]! ^ 255), /checksum|can't be unpacked|longer|unpacks to/],
      [edited(both, 0, 8, 0), /has a different compression method in its own header/],
      [edited(both, 0, 26, 5000), /overlaps the next entry/],
      [zip({ '../a.txt': 'x', 'b.txt': 'Aye.' }), /leads outside its folder/],
      [zip({ 'a.txt': new Uint8Array(3e6), 'b.txt': 'Aye.' }), /expands from/],
    ] as const) {
      const found = await read(file('a.zip', bytes, 0));
      expect(found.texts).toEqual(['Aye.']);
      expect(found.reasons).toEqual([[expect.stringMatching(/^a\.zip\/.*a\.txt$/), expect.stringMatching(reason)]]);
    }
  });

  it('is refused as a whole if its directory is wrong', async () => {
    const plain = zip({ 'a.txt': 'Call me Ishmael.', 'b.txt': 'Aye.' });
    const end = plain.length - 22;
    for (const [bytes, reason] of [
      [new Uint8Array(), /it is not a zip file, or it is cut off/],
      [plain.subarray(0, plain.length - 1), /it is not a zip file, or it is cut off/],
      [edited(plain, end, 4, 1), /split zip file/],
      [edited(plain, end, 10, 3), /has no entry|cut off/],
      [edited(plain, end, 16, 3), /not where its end record says/],
      [edited(plain, directory(plain), 20, 60_000), /overlaps the next entry/],
    ] as const)
      expect((await read(file('a.zip', bytes, 0))).reasons).toEqual([['a.zip', expect.stringMatching(reason)]]);
    expect((await read(file('a.zip', zip({ 'x/': '' })))).reasons).toEqual([['a.zip', 'a.zip contains no files.']]);
  });
});

test('stops reading a gzip that expands more than any text', async () => {
  const bomb = gzipSync(new Uint8Array(4e6).fill(97));
  const { reasons } = await read(file('a.txt.gz', bomb, 1000));
  expect(reasons).toEqual([['a.txt.gz/a.txt', expect.stringMatching(/it expands from \d+ bytes to \d{7,8}$/)]]);
});

test(`an archive of more than ${MAX_ENTRIES} files is refused before it is read`, async () => {
  const [record, name] = [46, 6];
  const count = MAX_ENTRIES + 1;
  const bytes = new Uint8Array(count * (record + name) + 56 + 20 + 22);
  expect((await read(file('a.zip', zip64(bytes.subarray(0, 22), count, count * (record + name))))).reasons).toEqual([
    ['a.zip', expect.stringMatching(/it has 200 001 entries|it has 200,001 entries/)],
  ]);
});

/**
 * Adds a ZIP64 end record to an archive; it may claim `count` entries and a directory of `directorySize` bytes.
 */
function zip64(plain: Uint8Array, count?: number, directorySize?: number): Uint8Array {
  const body = directorySize === undefined ? plain.subarray(0, plain.length - 22) : new Uint8Array(directorySize);
  const old = new DataView(plain.buffer, plain.byteOffset + plain.length - 22);
  const whole = new Uint8Array(body.length + 56 + 20 + 22);
  whole.set(body);
  const view = new DataView(whole.buffer);
  let at = body.length;
  view.setUint32(at, 0x06064b50, true);
  view.setBigUint64(at + 4, 44n, true);
  view.setBigUint64(at + 32, BigInt(count ?? old.getUint16(10, true)), true);
  view.setBigUint64(at + 40, BigInt(directorySize ?? old.getUint32(12, true)), true);
  view.setBigUint64(at + 48, BigInt(directorySize === undefined ? old.getUint32(16, true) : 0), true);
  view.setUint32(at + 56, 0x07064b50, true);
  view.setBigUint64(at + 64, BigInt(at), true);
  at += 76;
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 10, 0xffff, true);
  view.setUint32(at + 12, 0xffffffff, true);
  view.setUint32(at + 16, 0xffffffff, true);
  return whole;
}

test('counts each dropped file once in the progress, however an archive is read', async () => {
  /** More than a megabyte, the interval of progress reports. */
  const long = Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 99_991).join(' ');
  const sources = [
    file('a.tar', tar({ 'x.txt': `x ${long}` }), 0),
    file('b.txt.gz', gzipSync(utf8(`y ${long}`)), 0),
    file('c.zip', zip({ 'z.txt': `z ${long}` }), 0),
    file('d.tar', tar({ 'w.txt': `w ${long}` })),
    file('e.txt', 'Aye.'),
  ];
  const notes: string[] = [];
  const job = { ...unwatched, report: ({ label }: Progress) => void notes.push(label) };
  expect(await importDrop(sources, memoryStore(), { addedAt: 1 }, job)).toMatchObject({ text: { documents: 5 } });
  const counts = notes.map((label) => /^Reading file (\d of \d), \w/.exec(label)?.[0]);
  expect([...new Set(counts)]).toEqual(
    ['a', 'b', 'c', 'd', 'e'].map((name, i) => `Reading file ${i + 1} of 5, ${name}`),
  );
});

test('stops reading an archive on request, and stores nothing', async () => {
  const many = zip(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}.txt`, `Number ${i}.`])));
  for (const source of [file('a.zip', many, 0), file('a.zip', many)]) {
    const abort = new AbortController();
    const store = memoryStore();
    const reports: Progress[] = [];
    const report = (at: Progress): void => {
      reports.push(at);
      if (/\d\.txt$/.test(at.label)) abort.abort(new Error('stopped'));
    };
    const reading = importDrop([source], store, { addedAt: 1 }, { signal: abort.signal, report });
    await expect(reading).rejects.toThrow('stopped');
    expect(await store.keys('')).toEqual([]);
    expect(reports.every(({ done, of }) => done <= of!)).toBe(true);
  }
});

describe('a damaged archive gives documents or typed errors without hanging', () => {
  const small = { 'a.txt': 'Call me Ishmael. '.repeat(3), 'deep/b.txt': 'Aye. é' };
  it.each([
    ['a.zip', zip({ ...small, 'c.zip': zip(small) })],
    ['a.tar', tar(small)],
    ['a.tar.gz', gzipSync(tar(small))],
    ['a.txt.gz', gzipSync(utf8('Call me Ishmael. '.repeat(40)))],
    ['a.txt.bz2', BZIP2.runs],
  ])('%s', async (name, whole) => {
    const at = fc.nat({ max: whole.length - 1 });
    const flips = fc.array(fc.tuple(at, fc.nat({ max: 255 })), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length }),
        flips,
        fc.integer({ min: 1, max: 300 }),
        async (end, all, piece) => {
          const bytes = whole.slice(0, end);
          for (const [i, byte] of all) if (i < end) bytes[i] = byte;
          const [some, others] = [await read(file(name, bytes, piece)), await read(file(name, bytes, 0))];
          expect(some.texts).toEqual(others.texts);
          expect(some.reasons).toEqual(others.reasons);
          if (end < whole.length && all.length === 0 && !name.endsWith('.tar')) expect(some.reasons).not.toEqual([]);
        },
      ),
      { numRuns: propertyRuns(60) },
    );
  });
});

test('reads files whose names are equal or differ only in case, and escapes invisible characters in names', async () => {
  const files = [
    { path: 'a.txt', text: 'One.' },
    { path: 'a.txt', text: 'Two.' },
    { path: 'A.TXT', text: 'Three.' },
    { path: 'annual\u202etxt.md', text: 'Four.' },
  ];
  const { names, texts } = await read(file('a.tar', tarOf(files)));
  expect(names).toEqual(['a.tar/a.txt', 'a.tar/a.txt', 'a.tar/A.TXT', 'a.tar/annual\\u202Etxt.md']);
  expect(texts).toEqual(['One.', 'Two.', 'Three.', 'Four.']);
});

test('refuses a gzip with an endless header after 144 KiB', async () => {
  const pieces = [
    Uint8Array.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3),
    ...new Array<Uint8Array>(1000).fill(utf8('a'.repeat(2 ** 14))),
  ];
  let pulled = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      pulled += piece.length;
      yield await Promise.resolve(piece);
    }
  }
  const source: TextSource = { name: 'a.txt.gz', size: 1000 * 2 ** 14 + 10, stream: endless };
  const { reasons, texts } = await read(source, file('b.txt', 'Besides.'));
  expect(reasons).toEqual([
    [expect.stringMatching(/^a\.txt\.gz/), expect.stringMatching(/no content in 147456 bytes/)],
  ]);
  expect(texts).toEqual(['Besides.']);
  expect(pulled).toBeLessThan(2 ** 21);
});
