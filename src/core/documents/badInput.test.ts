/**
 * Files that people drop by mistake, all at once: each is refused with its name, a reason and a remedy, and the others
 * are read.
 */
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { dropped, readDrop } from '../../testing/drops';
import { HARMFUL } from '../../testing/everyFormat';
import { tarOf } from '../../testing/tar';
import { importDrop, importText, type TextSource } from '.';
import { tableCalled } from './formats';
import { MAX_ROW_LENGTH } from './formats/format';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** Builds a source; tables have columns detected by name. */
const given = (name: string, content: string | Uint8Array): TextSource => {
  const format = tableCalled(name);
  return { ...dropped(name, content), ...(format && { table: { format, columns: 'recognised' } }) };
};

/** Name and content of each refused file, and the reason. */
const REFUSED: readonly [name: string, content: string | Uint8Array, reason: RegExp][] = [
  ['empty.txt', '', /is empty/],
  ['white.txt', ' \n\t\u3000\ufeff', /only whitespace/],
  ['mark.txt', '\ufeff', /contains no text/],
  ['utf32.txt', bytes('\xff\xfe\0\0a\0\0\0'), /UTF-32/],
  ['legacy.txt', bytes('Un caf\xe9 noir.'), /bytes E9 20 at byte 6, after "Un caf"/],
  ['torn.txt', bytes('Call me \xe2\x82'), /ends inside the character that starts at byte 8/],
  ['overlong.txt', bytes('a\xc0\x80'), /bytes C0 80 at byte 1/],
  ['surrogate.txt', bytes('a\xed\xa0\x80'), /bytes ED A0 at byte 1/],
  ['binary.txt', `Call me ${'\0'.repeat(40)}`, /binary file: 40 of its first 48 characters are NUL/],
  ['picture.txt', bytes('\x89PNG\r\n\x1a\n'), /is a PNG picture/],
  ['paper.txt', '%PDF-1.7', /is a PDF/],
  ['packed.txt', zipSync({ 'a.txt': utf8('Aye.') }), /is a ZIP archive/],
  ['program.txt', bytes('MZ\x90\0\x03'), /is a Windows program/],
  ['ragged.csv', 'text,label\na,b\nc\n', /has 1 malformed row: line 3 has 1 cell, but the header has 2 columns/],
  ['quote.csv', 'text,label\na,"b\n', /opens a quote in line 2 that is never closed/],
  ['wide.csv', `text,label\n${'x'.repeat(3 * MAX_ROW_LENGTH)},b\n`, /has a row of more than 1,048,576 characters/],
  ['line.jsonl', '{"text":"a"}\n{"text":\n', /has 1 malformed row: line 2 isn't a JSON object: "\{\\"text\\":"/],
  ['half.jsonl', '{"text":"a\\udc00"}\n', /line 1 has half of a surrogate pair/],
  ['torn.json', '[{"text":"a"},', /is not JSON/],
  ['none.json', '[]', /has no rows/],
  ['no.xlsx', 'text', /not a zip file, or it is cut off/],
  ['no.parquet', 'text', /is not a complete Parquet file/],
  ['no.docx', 'text', /not a zip file, or it is cut off/],
  ['no.pdf', 'text', /can't be read as a PDF/],
  ['no.ipynb', '{}', /is not a version 4 notebook/],
  ['no.srt', 'text', /no subtitle times/],
  ['no.zip', 'text', /not a zip file/],
  ['no.tar', 'text'.repeat(200), /the file header at byte 0 is missing/],
  ['no.gz', 'text', /gzip/],
  ['no.bz2', 'text', /bzip2/],
];

test('reports each refused file with a reason and a remedy, and reads the files among them', async () => {
  const good = REFUSED.map((_, i) => [`${i}.txt`, `Number ${i}.`] as const);
  const sources = REFUSED.flatMap(([name, content], i) => [given(name, content), given(...good[i]!)]);
  const { documents, reasons } = await readDrop(...sources);
  expect(documents.map(({ title, text }) => [title, text])).toEqual(good);
  // Files in an archive are reported by the archive's name and their own.
  const refused = new Map(reasons.map(([name, reason]) => [name.split('/')[0]!, reason]));
  expect([...refused.keys()]).toEqual(REFUSED.map(([name]) => name));
  for (const [name, , reason] of REFUSED) expect(refused.get(name), name).toMatch(reason);
});

test.each(REFUSED)('stores nothing of %s alone', async (name, content) => {
  const store = memoryStore();
  expect(await importDrop([given(name, content)], store, { addedAt: 1 }, unwatched)).toMatchObject({ text: null });
  expect(await store.keys('')).toEqual([]);
});

test('reads single characters, any line ends and none, and scripts as text without running them', async () => {
  const texts = ['a', 'é', '\u{1f600}', 'no end', 'a\r\nb\rc\n\n', HARMFUL, 'javascript:globalThis.ran = true'];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="globalThis.ran = true"><text>Aye</text></svg>`;
  const { documents, reasons } = await readDrop(
    ...texts.map((text, i) => given(`${i}.txt`, text)),
    given('a.svg', svg),
    given('a.js', 'globalThis.ran = true;'),
    given('a.html', `<p>Ishmael ${HARMFUL}</p><a href="javascript:globalThis.ran = true">on</a>`),
  );
  expect(reasons).toEqual([]);
  expect(documents.slice(0, -1).map(({ text }) => text)).toEqual([...texts, svg, 'globalThis.ran = true;']);
  expect(documents.at(-1)!.text).toMatch(/^Ishmael\s+on$/);
  expect(globalThis).not.toHaveProperty('ran');
});

test('reads a line of 64 MB in bounded memory', { timeout: 60_000 }, async () => {
  const inner = memoryStore();
  const store = {
    ...inner,
    commit: ({ put = [], ...rest }: Parameters<typeof inner.commit>[0]) =>
      inner.commit({ ...rest, put: [...put].filter(([key]) => !/^text\/[^/]+\/\d/.test(key)) }),
  };
  const piece = utf8('Some words é. '.repeat(4096));
  const size = Math.ceil(2 ** 26 / piece.length) * piece.length;
  const source: TextSource = {
    name: 'line.txt',
    size,
    stream: async function* () {
      for (let done = 0; done < size; done += piece.length) yield await Promise.resolve(piece.slice());
    },
  };
  const start = process.memoryUsage.rss();
  let peak = 0;
  const report = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()));
  const outcome = await importText(source, store, { addedAt: 1 }, { ...unwatched, report });
  expect(outcome).toMatchObject({ text: { bytes: size, characters: (size / 15) * 14 } });
  expect((peak - start) / 2 ** 20).toBeLessThan(200);
});

test('refuses links and paths out of an archive, reads its other files, and escapes invisible names', async () => {
  const names = ['../up.txt', '/etc/passwd', 'a/../../b.txt', 'C:\\x.txt', 'nul\0.txt', 'x/x.txt', 'X/x.txt'];
  const zip = zipSync(Object.fromEntries(names.map((name, i) => [name, utf8(`Number ${i}.`)])));
  const tar = tarOf([
    { path: 'link.txt', type: '2', link: '/etc/passwd' },
    { path: 'device.txt', type: '3' },
    { path: 'good.txt', text: 'Aye.' },
  ]);
  const { documents, reasons } = await readDrop(dropped('a.zip', zip), dropped('b.tar', tar));
  expect(documents.map(({ title, text }) => [title, text])).toEqual([
    ['a.zip/C:/x.txt', 'Number 3.'],
    ['a.zip/nul\\u0000.txt', 'Number 4.'],
    ['a.zip/x/x.txt', 'Number 5.'],
    ['a.zip/X/x.txt', 'Number 6.'],
    ['b.tar/good.txt', 'Aye.'],
  ]);
  expect(reasons).toEqual([
    ['a.zip/../up.txt', 'a.zip: ../up.txt leads outside its folder'],
    ['a.zip//etc/passwd', 'a.zip: /etc/passwd leads outside its folder'],
    ['a.zip/a/../../b.txt', 'a.zip: a/../../b.txt leads outside its folder'],
    ['b.tar/link.txt', 'b.tar: link.txt is a link to /etc/passwd'],
  ]);
});
