/** Readers of formats: the text of each format, and robustness against any file. */
import { gzipSync } from 'fflate';
import { describe, expect, it, test, vi } from 'vitest';
import { checkSound, expectAlikeInPieces, outcomeOf } from '../../../testing/damage';
import { ARCHIVED_PAGE } from '../../../testing/archivedPage';
import { BOOK } from '../../../testing/book';
import { DOCX, ODT, zipped } from '../../../testing/office';
import { pdfOf } from '../../../testing/pdf';
import { TALK } from '../../../testing/presentation';
import { readDocuments as read, readText as textOf, utf8 } from '../../../testing/readDocuments';
import { answer, warcOf } from '../../../testing/warc';
import { MAX_PART_BYTES, MAX_MAIN_TEXT } from '../limits';
import { type DocumentFormatId, FORMATS, formatOf, isOfDocuments } from '.';

const STORY = 'The whale came up beside the boat, and nobody said a word, for it was very near. '.repeat(8).trim();
const PAGE = `<!doctype html><html lang="en-GB"><head><title> The
  whale </title><link rel="canonical" href="https://example.org/whale"><meta property="article:published_time" content="1851-10-18">
  <style>p { color: red }</style><script>globalThis.ran = 1</script></head>
  <body><nav><ul><li><a href="/">Home</a></li><li><a href="/a">About us</a></li></ul></nav>
  <article><h1>Loomings</h1><p onclick="globalThis.ran = 2">${STORY}</p>
  <p>Second&nbsp;&amp; last,<br>in two lines. ${STORY}</p><pre>  a {
    b
  }</pre><table><tr><th>Ship<th>Men<tr><td>Pequod<td>30</table></article>
  <footer>All rights reserved. <img src=x onerror="globalThis.ran = 3"></footer></body></html>`;

describe('html', () => {
  it('gives the main content of the page, with its metadata', async () => {
    const { documents, notes } = await read('a.html', PAGE);
    expect(documents).toEqual([
      {
        title: 'The whale',
        text: expect.stringContaining(`${STORY}\n\nSecond\u00a0& last,\nin two lines. ${STORY}`) as string,
        fields: { source: 'https://example.org/whale', date: '1851-10-18', language: 'en' },
      },
    ]);
    const { text } = documents[0]!;
    expect(text).toContain('\n\n  a {\n    b\n  }\n\nShip\tMen\nPequod\t30');
    for (const absent of ['About us', 'rights', 'color', 'ran', '<']) expect(text).not.toContain(absent);
    expect(notes).toEqual([]);
    expect(globalThis).not.toHaveProperty('ran');
  });

  it('uses the title of the page, not those of images in it', async () => {
    const page = `<html><head><title>Whales</title></head><body><svg><title>Menu</title></svg><p>${STORY}</p><svg><title>Up</title></svg></body></html>`;
    expect((await read('a.html', page)).documents).toEqual([{ title: 'Whales', text: STORY, fields: {} }]);
  });

  it('gives all text of a page that omits optional tags', async () => {
    for (const page of [
      `<!doctype html><html><head><title>Whales</title><style>p {}</style><p>${STORY}</p>`,
      `<title>Whales</title><script>x</script><p>${STORY}</p>`,
    ]) {
      for (const wholePages of [true, false])
        expect((await read('a.html', page, { wholePages })).documents).toEqual([
          { title: 'Whales', text: STORY, fields: {} },
        ]);
    }
  });

  it('keeps the text after a self-closing XHTML element', async () => {
    const page = `<html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a.js"/><title>Whales</title></head><body><a id="x"/><p>${STORY}<br/>Aye</p></body></html>`;
    for (const [name, whole] of [
      ['a.xhtml', page],
      ['a.html', `<?xml version="1.0" encoding="UTF-8"?>\n${page}`],
    ] as const) {
      for (const wholePages of [true, false]) {
        const [found] = (await read(name, whole, { wholePages })).documents;
        expect(found).toMatchObject({ title: 'Whales', text: `${STORY}\nAye` });
      }
    }
  });

  it('keeps columns apart where cells are empty', async () => {
    const page =
      '<table><tr><th></th><th>Men</th><th>Boats</th></tr><tr><td>Pequod<td><td>4<tr><td>Rachel<td>20<td></td></tr></table><p>End';
    expect(await textOf('a.html', page, { wholePages: true })).toBe('\tMen\tBoats\nPequod\t\t4\nRachel\t20\n\nEnd');
  });

  it('gives all text if the main content cannot be searched for', async () => {
    const { documents, notes } = await read('a.html', `<p>${STORY}</p><![CDATA[x]]><svg:a b="`);
    expect(documents[0]!.text).toContain(STORY);
    expect(notes.length).toBeLessThan(2);
  });

  it('keeps code that begins with a line end and contains entities', async () => {
    const page = '<p>Intro</p><pre>\nif (a &lt; b) x();\nend</pre>';
    expect(await textOf('a.html', page, { wholePages: true })).toMatch(/^Intro\n\n+if \(a < b\) x\(\);\nend$/);
  });

  it('reads a page with many unclosed tags fast', async () => {
    for (const piece of ['<html ', '<!doctype ']) await read('a.html', `<p>x</p>${piece.repeat(200_000)}`);
    for (const piece of ['<v ', '{\\\\'])
      await read('a.srt', `1\n00:00:01,000 --> 00:00:02,000\n${piece.repeat(200_000)}\n`);
  });

  it('gives all text on request', async () => {
    const text = await textOf('a.html', PAGE, { wholePages: true });
    expect(text).toMatch(/^Home\nAbout us\n\nLoomings\n\nThe whale/);
    expect(text).toMatch(/\n\nAll rights reserved\.$/);
  });

  it('is decoded in its declared encoding, with a note', async () => {
    const head = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252"><p>';
    const { documents, notes } = await read('a.htm', new Uint8Array([...utf8(head), 0x63, 0x61, 0x66, 0xe9]));
    expect(documents[0]!.text).toBe('café');
    expect(notes).toEqual(['Converted from windows-1252 to UTF-8']);
    await expect(read('a.htm', new Uint8Array([...utf8('<p>'), 0xe9]))).rejects.toThrow(/ends inside the character/);
    await expect(read('a.htm', '<meta charset=klingon><p>a')).rejects.toThrow(
      /declares the unknown encoding "klingon"/,
    );
  });

  it('gives all text of a page with a paragraph too long to search, with collapsed whitespace', async () => {
    const words = 'Aye,  aye,\ncaptain. ';
    const { documents, notes } = await read('a.html', `<p>${words.repeat(Math.ceil(MAX_MAIN_TEXT.textNode / 18))}</p>`);
    expect(notes).toEqual(['Page too large to find its main text, so all of its text is used']);
    expect(documents[0]!.text).toMatch(/^(?:Aye, aye, captain\. ?)+$/);
    expect(documents[0]!.text).not.toMatch(/ {2}/);
  });

  it('refuses a page with too many elements', async () => {
    await expect(read('a.html', '<b>'.repeat(4_000_001))).rejects.toThrow('more than 4,000,000 elements');
  });

  it('does not hang on a very long or deeply nested page', async () => {
    const deep = `<div>`.repeat(50_000) + STORY;
    const wide = `<p>a</p>`.repeat(MAX_MAIN_TEXT.elements + 1);
    const nested = ('<div>'.repeat(MAX_MAIN_TEXT.depth - 4) + STORY + '</div>'.repeat(MAX_MAIN_TEXT.depth - 4)).repeat(
      2,
    );
    for (const [page, start] of [
      [deep, STORY],
      [wide, 'a\n\na'],
      [nested, STORY],
      // Each becomes its own node when the page is serialized to find its main content.
      ['&'.repeat(3_000_000), '&&'],
    ] as const) {
      const begin = performance.now();
      expect((await textOf('a.html', page)).slice(0, start.length)).toBe(start);
      expect(performance.now() - begin).toBeLessThan(15_000);
    }
  });
});

const SRT =
  '1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Call me</i> Ishmael.\r\n{\\an8}Some years ago\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n&lt;Silence&gt;\r\n';
const VTT =
  'WEBVTT\n\nNOTE not said\n\na cue\n00:01.000 --> 00:02.000 line:0\n<v Ahab>Have ye seen him?</v>\n\n01:00:01.000 --> 01:00:02.000\n<c.loud>Aye</c>\n';

test('extracts the spoken lines of subtitles', async () => {
  expect(await textOf('a.srt', SRT)).toBe('Call me Ishmael.\nSome years ago\n<Silence>');
  expect(await textOf('a.vtt', VTT)).toBe('Ahab: Have ye seen him?\nAye');
  const timed =
    'WEBVTT\n\n00:00:01.000-->00:00:04.000 align:start position:0%\nCall<00:00:02.000><c> me</c> <01:00:03.000>Ishmael\n';
  expect(await textOf('a.vtt', timed)).toBe('Call me Ishmael');
  await expect(read('a.srt', 'Call me Ishmael.')).rejects.toThrow(/^a\.srt has no subtitle times/);
});

const NOTEBOOK = JSON.stringify({
  cells: [
    { cell_type: 'markdown', source: ['# A\n', 'b'] },
    { cell_type: 'code', source: 'x = 1\n', outputs: [{ text: '1' }] },
    { cell_type: 'code', source: [], outputs: [] },
  ],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
});

test('reads the text and code of a notebook', async () => {
  const { documents, notes } = await read('a.ipynb', NOTEBOOK);
  expect(documents).toEqual([{ text: '# A\nb\n\nx = 1', fields: { code: 'python' } }]);
  expect(notes).toEqual(['Skipped 1 code output']);
  await expect(read('a.ipynb', '{"worksheets":[]}')).rejects.toThrow(/^a\.ipynb is not a version 4 notebook: cells/);
  await expect(read('a.ipynb', '{"cells":[')).rejects.toThrow(/^a\.ipynb is not JSON: /);
});

test('reads the text and metadata of Office documents', async () => {
  expect((await read('a.docx', DOCX)).documents).toEqual([
    {
      title: 'Loomings',
      text: 'Call me Ishmael & Co.\nSome\tyears\nago\nShip\tMen',
      fields: { date: '1851-10-18T00:00:00Z', language: 'en' },
    },
  ]);
  expect((await read('a.odt', ODT)).documents).toEqual([
    { title: 'The <b> whale', text: 'Loomings\nCall me Ishmael.', fields: {} },
  ]);
  await expect(read('a.docx', ODT)).rejects.toThrow(/^a\.docx is not a Word document: it has no word\/document\.xml/);
  await expect(read('a.docx', 'Call me Ishmael.')).rejects.toThrow(/^a\.docx: it is not a zip file, or it is cut off/);
  // The archive states the unpacked size of the text.
  const bomb = DOCX.slice();
  const view = new DataView(bomb.buffer);
  for (let at = 0; at < bomb.length - 4; at++)
    if (view.getUint32(at, true) === 0x02014b50 && view.getUint16(at + 28, true) === 'word/document.xml'.length)
      view.setUint32(at + 24, MAX_PART_BYTES + 1e6, true);
  await expect(read('a.docx', bomb)).rejects.toThrow(/^a\.docx has a text of 68\.1 MB; the maximum is 67\.1 MB/);
});

const inDocx = (body: string, others: Readonly<Record<string, string>> = {}): Uint8Array =>
  zipped({
    '[Content_Types].xml': '<Types/>',
    'word/document.xml': `<w:document><w:body>${body}</w:body></w:document>`,
    ...others,
  });
const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;

describe('a Word document', () => {
  it('may have many parts, and images of a single color', async () => {
    const pictures = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`word/media/${i}.bmp`, `${i}`]));
    const white = { 'word/media/white.bmp': '\0'.repeat(2e6) };
    expect(await textOf('a.docx', inDocx(`<w:p>${run('Aye')}</w:p>`, { ...pictures, ...white }))).toBe('Aye');
  });

  it('keeps its hyphens, equations on one line, and notes and text boxes at the end', async () => {
    const hyphens = `${run('well')}<w:r><w:noBreakHyphen/></w:r>${run('be')}<w:r><w:softHyphen/></w:r>${run('ing')}`;
    const box = `<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p>${run('In a box')}</w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:p>${run('In a box')}</w:p></mc:Fallback></mc:AlternateContent></w:r>`;
    const m = (text: string): string => `<m:r><m:t>${text}</m:t></m:r>`;
    const equation = `<m:oMath><m:f><m:num><m:sSup><m:e><m:d><m:e>${m('a+b')}</m:e></m:d></m:e><m:sup>${m('2')}</m:sup></m:sSup></m:num><m:den>${m('c')}</m:den></m:f></m:oMath>`;
    const notes = `<w:footnotes><w:footnote w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>${run(' Said Ahab.')}</w:p></w:footnote></w:footnotes>`;
    const body = `<w:p>${hyphens}${box}${run(' is ')}${equation}<w:r><w:footnoteReference w:id="1"/></w:r>${run('.')}</w:p><w:p>${run('Aye')}</w:p>`;
    const endnotes = notes.replaceAll('footnote', 'endnote').replace('Said Ahab', 'Said Starbuck');
    const found = inDocx(body, { 'word/footnotes.xml': notes, 'word/endnotes.xml': endnotes });
    expect(await textOf('a.docx', found)).toBe(
      'well\u2011being is (a+b)^2/c.\nAye\nIn a box\n Said Ahab.\n Said Starbuck.',
    );
  });

  it('keeps columns apart where cells are empty', async () => {
    const row = (...cells: string[]): string =>
      `<w:tr>${cells.map((each) => `<w:tc><w:p>${each && run(each)}</w:p></w:tc>`).join('')}</w:tr>`;
    const table = `<w:tbl>${row('', 'Men', 'Boats')}${row('Pequod', '', '4')}${row('Rachel', '', '')}</w:tbl>`;
    expect(await textOf('a.docx', inDocx(`${table}<w:p>${run('End')}</w:p>`))).toBe(
      '\tMen\tBoats\nPequod\t\t4\nRachel\nEnd',
    );
  });
});

test('reads an OpenDocument text with notes at the end, without image descriptions, with separate columns', async () => {
  const note =
    '<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Said Ahab.</text:p></text:note-body></text:note>';
  const picture =
    '<draw:frame><draw:image/><svg:title>A whale</svg:title><svg:desc>It is white</svg:desc></draw:frame>';
  const cell = '<table:table-cell><text:p>4</text:p></table:table-cell>';
  const row = `<table:table-row><table:table-cell><text:p>Pequod</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"/>${cell}</table:table-row>`;
  const body = `<text:p>Have ye${note} seen${picture} <text:s text:c="2"/>him?</text:p><table:table>${row}<table:table-row><table:covered-table-cell/>${cell}</table:table-row></table:table>`;
  const content = `<office:document-content><office:body><office:text>${body}</office:text></office:body></office:document-content>`;
  expect(await textOf('a.odt', zipped({ 'content.xml': content }))).toBe(
    'Have ye seen   him?\nPequod\t\t\t4\n\t4\nSaid Ahab.',
  );
});

const MESSAGE =
  'From: =?utf-8?q?Ann_M=C3=BCller?= <a@b>\nSubject: x\nMessage-ID: <1@x>\nReferences: <0@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>Caf=E9</p>\n--b\nContent-Disposition: attachment\n\nx\n--b--';

/** Files that are truncated at any byte, or altered, give documents or a typed error. */
const WHOLE: Readonly<Record<string, Uint8Array>> = {
  'a.html': utf8(PAGE.replaceAll(STORY, STORY.slice(0, 160))),
  'a.srt': utf8(SRT),
  'a.vtt': utf8(VTT),
  'a.ipynb': utf8(NOTEBOOK),
  'a.docx': DOCX,
  'a.odt': ODT,
  'a.pptx': TALK,
  'a.epub': BOOK,
  'a.mhtml': utf8(ARCHIVED_PAGE),
  'a.pdf': pdfOf([[{ text: 'Call me Ishmael.', x: 60, y: 700 }], [{ text: 'Aye.', x: 60, y: 700 }]], '/Title (x)'),
  'a.eml': utf8(MESSAGE),
  'a.mbox': utf8(
    `From a@b Mon Nov  1 10:00:00 2021\n${MESSAGE}\n\nFrom - Mon Nov  1 10:00:00 2021\n${MESSAGE.replace('1@x', '2@x')}\n`,
  ),
  'a.warc': warcOf(
    [
      answer(['Content-Type: text/html; charset=latin1'], '<title>Whales</title><p>Call me Ishmael.'),
      answer(
        ['Content-Type: text/plain', 'Transfer-Encoding: chunked', 'Content-Encoding: gzip'],
        Uint8Array.from([...utf8('1d\r\n'), ...gzipSync(utf8('Aye, aye.'), { mtime: 0 }), ...utf8('\r\n0\r\n\r\n')]),
      ),
    ].map((content) => ({ type: 'response', uri: 'http://x.example/', content })),
  ),
};

describe('a damaged file gives documents or a typed error', () => {
  vi.setConfig({ testTimeout: 20_000 });
  it.each(Object.keys(WHOLE))('%s', async (name) => {
    const whole = WHOLE[name]!;
    const tried = (bytes: Uint8Array, piece: number) =>
      outcomeOf(async () => {
        const { documents } = await read(name, bytes, {}, piece);
        checkSound(documents);
        return documents;
      });
    await expectAlikeInPieces(whole, tried, 40);
  });
});

test('covers every document format', () => {
  const tried = new Set(Object.keys(WHOLE).map(formatOf));
  // Formats detected by how they begin are in ../chats/chats.test.ts.
  const all = Object.entries(FORMATS).filter(([id, format]) => isOfDocuments(id) && !('alsoCalled' in format));
  expect(all.map(([id]) => id).filter((id) => !tried.has(id as DocumentFormatId))).toEqual([]);
});
