/** Crawls: which pages are read, their fields, and what is left out. */
import { gzipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { concatBytes } from '../../../base/concat';
import { memoryStore } from '../../../base/blobStore';
import { unwatched } from '../../../base/job';
import { collect, stream } from '../../../../testing/texts';
import { pdfOf } from '../../../../testing/pdf';
import { answer, type WarcPart, warcOf, warcRecord } from '../../../../testing/warc';
import { importDrop, openText } from '../..';
import { MAX_RECORD_BYTES } from '../../limits';
import type { FoundDocument } from '../format';
import { documents } from './read';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
async function read(bytes: Uint8Array, piece = 1000, name = 'a.warc') {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
    bytes.subarray(i * piece, (i + 1) * piece),
  );
  const notes: string[] = [];
  const file = { name, bytes: stream(pieces), note: (words: string) => void notes.push(words) };
  return { documents: await collect<FoundDocument>(documents(file)), notes };
}

const HTML = 'Content-Type: text/html; charset=utf-8';
const SAID = 'Der Wal kam neben das Boot, und niemand sprach ein Wort, so nahe war er.';
const PAGE = `<html lang="de"><head><title>Der Wal</title></head><body><p>${SAID}</p></body></html>`;
const got = (head: readonly string[], body: string | Uint8Array, uri = 'http://x.example/'): WarcPart => ({
  type: 'response',
  uri,
  content: answer(head, body),
});
const INFO: WarcPart = { type: 'warcinfo', content: 'software: Wget/1.25.0\r\n' };
const chunks = (bytes: Uint8Array, size: number): Uint8Array => {
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return concatBytes([
    ...parts.flatMap((part) => [utf8(`${part.length.toString(16)};x=y\r\n`), part, utf8('\r\n')]),
    utf8('0\r\n\r\n'),
  ]);
};
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

describe('a page', () => {
  const fields = { source: 'http://x.example/', date: '2026-01-02T03:04:05Z', language: 'de' };
  it.each([
    ['as it is', [HTML], utf8(PAGE)],
    ['in chunks', [HTML, 'Transfer-Encoding: chunked'], chunks(utf8(PAGE), 50)],
    ['in a gzip', [HTML, 'Content-Encoding: gzip'], gzipSync(utf8(PAGE))],
    [
      'in a gzip in chunks',
      [HTML, 'Transfer-Encoding: chunked', 'content-encoding: GZIP'],
      chunks(gzipSync(utf8(PAGE)), 40),
    ],
    ['that was unpacked when it was kept', [HTML, 'Transfer-Encoding: chunked', 'Content-Encoding: gzip'], utf8(PAGE)],
  ])('is read %s', async (_, head, body) => {
    const { documents, notes } = await read(warcOf([INFO, got(head, body)]));
    expect(documents).toEqual([{ title: 'Der Wal', text: SAID, fields }]);
    expect(notes).toEqual(['Skipped 1 crawl metadata record']);
  });

  it('is decoded in the encoding of the server, else in its own declared one', async () => {
    const page = latin1('<title>x</title><meta charset=windows-1251><p>größer');
    for (const [head, bytes, text] of [
      [['Content-Type: text/html; charset="ISO-8859-1"'], page, 'größer'],
      [['Content-Type: text/html'], page, 'grцЯer'],
      [['Content-Type: text/html; charset=utf-8'], page, 'grцЯer'],
      [['Content-Type: text/plain; charset=latin1'], latin1('größer'), 'größer'],
      [['Content-Type: text/plain; charset=klingon'], utf8('größer'), 'größer'],
    ] as const)
      expect((await read(warcOf([got(head, bytes)]))).documents).toMatchObject([{ text }]);
    const notes = [expect.stringMatching(/^1 page: Converted from iso-8859-1 to UTF-8$/) as string];
    expect(
      (await read(warcOf([got(['Content-Type: text/plain; charset=ISO-8859-1'], latin1('größer'))]))).notes,
    ).toEqual(notes);
  });

  it('may be plain text or a PDF, and is titled by its address if it has no title', async () => {
    const pdf = pdfOf([[{ text: 'Call me Ishmael.', x: 60, y: 700 }]]);
    const { documents } = await read(
      warcOf([
        got(['Content-Type: text/plain'], 'Aye.', '<http://x.example/a.txt>'),
        got(['Content-Type: application/pdf'], pdf, 'http://x.example/a.pdf'),
        { type: 'resource', uri: 'file:///b.txt', headers: ['Content-Type: text/plain'], content: 'No.' },
        got(
          ['Content-Type: application/xhtml+xml'],
          `<html><head><script src="a.js"/></head><body><p>${SAID}</p></body></html>`,
        ),
      ]),
    );
    expect(documents.map(({ title, text }) => [title, text])).toEqual([
      ['http://x.example/a.txt', 'Aye.'],
      ['http://x.example/a.pdf', 'Call me Ishmael.'],
      ['file:///b.txt', 'No.'],
      ['http://x.example/', SAID],
    ]);
  });
});

test('keeps addresses and languages of extracted text (WET)', async () => {
  const headers = ['WARC-Identified-Content-Language: deu,eng', 'Content-Type: text/plain'];
  const record: WarcPart = { type: 'conversion', uri: 'http://x.example/', headers, content: `${SAID}\n` };
  const { documents } = await read(warcOf([INFO, record]), 1000, 'a.warc.wet');
  const fields = { source: 'http://x.example/', date: '2026-01-02T03:04:05Z', language: 'de' };
  expect(documents).toEqual([{ title: 'http://x.example/', text: `${SAID}\n`, fields }]);
});

const LEFT: readonly WarcPart[] = [
  INFO,
  { type: 'request', uri: 'http://x.example/', content: 'GET / HTTP/1.1\r\n\r\n' },
  {
    type: 'resource',
    uri: 'metadata://gnu.org/software/wget/warc/wget.log',
    headers: ['Content-Type: text/plain'],
    content: 'x',
  },
  got(['Content-Type: text/plain'], 'User-agent: *', 'http://x.example/robots.txt'),
  { type: 'response', uri: 'http://x.example/', content: answer([HTML], PAGE, '404 Not Found') },
  { type: 'response', uri: 'http://x.example/', content: answer(['Location: /b'], '', '301 Moved Permanently') },
  { type: 'revisit', uri: 'http://x.example/', content: answer([HTML], '') },
  got(['Content-Type: image/png'], '\x89PNG'),
  {
    type: 'response',
    uri: 'dns:x.example',
    headers: ['Content-Type: text/dns'],
    content: '20260102 x.example. 1 IN A 1.2.3.4',
  },
  got([HTML, 'Content-Encoding: br'], '\x1b\x10'),
  got(['Content-Type: text/html'], latin1('größer')),
  got([HTML, 'Content-Encoding: gzip'], gzipSync(utf8(PAGE)).subarray(0, 90)),
  got([HTML], '<script>globalThis.ran = 1</script>'),
];

test('counts skipped records, and reports them once', async () => {
  const taken = { ...got([HTML], PAGE), headers: ['WARC-Truncated: length'] };
  const { documents, notes } = await read(warcOf([...LEFT, taken]));
  expect(documents).toHaveLength(1);
  expect(notes).toEqual([
    'Skipped 4 crawl metadata records, 2 errors and redirects, 1 unchanged page, 2 files that aren’t pages, 1 page with unsupported compression, 2 unreadable pages and 1 page without text',
    'The crawler cut 1 page short',
  ]);
  expect(globalThis).not.toHaveProperty('ran');
});

test('refuses a crawl without pages, and lists its contents', async () => {
  await expect(read(warcOf([INFO, LEFT[4]!]))).rejects.toThrow(
    /^a\.warc has no page with text, only 1 crawl metadata record and 1 error or redirect\.$/,
  );
  await expect(read(utf8('Call me Ishmael.\nSome years ago'))).rejects.toThrow(/^a\.warc is not a WARC file/);
  expect(await read(new Uint8Array())).toEqual({ documents: [], notes: [] });
});

test('skips a record that is too large, with one chunk in memory', async () => {
  const begin = warcRecord({ type: 'response', uri: 'http://x.example/', content: '' });
  const head = new TextDecoder()
    .decode(begin)
    .replace('Content-Length: 0\r\n\r\n\r\n\r\n', `Content-Length: ${MAX_RECORD_BYTES + 1}\r\n\r\n`);
  const piece = new Uint8Array(2 ** 20);
  const pieces = function* () {
    yield utf8(head);
    for (let at = 0; at < MAX_RECORD_BYTES; at += piece.length) yield piece;
    yield new Uint8Array(1);
    yield utf8('\r\n\r\n');
    yield warcOf([got([HTML], PAGE)]);
  };
  const notes: string[] = [];
  const file = { name: 'a.warc', bytes: stream(pieces()), note: (words: string) => void notes.push(words) };
  expect(await collect(documents(file))).toHaveLength(1);
  expect(notes).toEqual(['Skipped 1 oversized page']);
});

test('reads the records before a truncated one, and reports the truncation', async () => {
  const whole = warcOf([got([HTML], PAGE), got([HTML], PAGE)]);
  const second = whole.length / 2;
  for (const end of [second + 3, second + 9, second + 40, whole.length - 30]) {
    const { documents, notes } = await read(whole.subarray(0, end), 13);
    expect(documents).toHaveLength(1);
    expect(notes).toEqual(['The file is cut off; all complete pages before that were added']);
  }
  const wrong = whole.with(second, 88);
  await expect(read(wrong)).rejects.toThrow(
    `a.warc is damaged: the record at byte ${second} has an invalid first line.`,
  );
  const endless = concatBytes([utf8('WARC/1.0\r\n'), new Uint8Array(70_000).fill(97)]);
  await expect(read(endless)).rejects.toThrow(/the record at byte 0 has a header of 65,536 bytes or more/);
});

test('reads every page of a crawl that is compressed record by record', async () => {
  const parts = Array.from({ length: 40 }, (_, i) =>
    got([HTML], PAGE.replace('Wal', `Wal ${i}`), `http://x.example/${i}`),
  );
  const bytes = concatBytes([INFO, ...parts].map((part) => gzipSync(warcRecord(part))));
  const store = memoryStore();
  const source = { name: 'a.warc.gz', size: bytes.length, stream: () => stream([bytes]) };
  const { text, refused } = await importDrop([source], store, { addedAt: 1 }, unwatched);
  expect(refused).toEqual([]);
  expect(text).toMatchObject({
    documents: 40,
    formats: ['warc'],
    notes: ['Skipped 1 crawl metadata record'],
  });
  const all = await openText(store, text!.id);
  expect(all.map(({ fields }) => fields?.['source'])).toEqual(parts.map(({ uri }) => uri));
});
