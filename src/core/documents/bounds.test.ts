/** Claims of small files: numbers, depths and repetitions are bounded, and the other files of a drop are kept. */
import { Parser } from 'htmlparser2';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { dropped, readDrop } from '../../testing/drops';
import { HOSTILE } from '../../testing/hostileFiles';
import { propertyRuns } from '../../testing/propertyRuns';
import { importDrop, previewDocument } from '.';
import { MarkupParser } from './markupParser';
import { threadsOf } from './formats/mail/threads';
import { textOfPages } from './formats/pdf/flow';
import { linesOf } from './formats/pdf/layout';
import { XmlParser } from './xmlParser';

/** Reads a hostile case between two good files. */
async function outcome(name: string) {
  const files = Object.entries(HOSTILE[name]!()).map(([path, bytes]) => dropped(path, bytes, 2 ** 16));
  const { documents, reasons } = await readDrop(dropped('a.txt', 'first'), ...files, dropped('z.txt', 'last'));
  const texts = documents.map(({ text }) => text);
  expect([texts[0], texts.at(-1)]).toEqual(['first', 'last']);
  return { texts: texts.slice(1, -1), reason: reasons[0]?.[1] };
}

describe('numbers in an ODT', () => {
  it.each(['odt with -5 spaces', 'odt with 2.5 spaces'])('%s: counts as one space each', async (name) => {
    const { texts } = await outcome(name);
    for (const line of texts[0]!.split('\n')) expect(line).toBe('a b');
  });

  it('are capped at 1,000', async () => {
    const { texts } = await outcome('odt with 1e9 spaces');
    expect(texts[0]!.split('\n').map((line) => line.length)).toEqual([3, 3]);
  });

  it('are refused if they repeat too much for the size of the file', async () => {
    expect((await outcome('odt of repeated columns')).reason).toMatch(
      /^columns\.odt repeats spaces and cells more than/,
    );
  });
});

describe('elements', () => {
  /** Events of a parser for a page, in order. */
  const eventsOf = (parserOf: typeof Parser, html: string, isXml: boolean): string[] => {
    const events: string[] = [];
    const parser = new parserOf(
      {
        onopentag: (name, attributes, isImplied) =>
          void events.push(`<${name} ${JSON.stringify(attributes)} ${isImplied}`),
        ontext: (text) => void events.push(text),
        onclosetag: (name, isImplied) => void events.push(`</${name} ${isImplied}`),
        onend: () => void events.push('end'),
      },
      { xmlMode: isXml },
    );
    for (let at = 0; at < html.length; at += 7) parser.write(html.slice(at, at + 7));
    parser.end();
    return events;
  };

  it('emit the same events as in htmlparser2', () => {
    const tag = fc.constantFrom(...'p div b svg math title table tr td li br x:y'.split(' '));
    const piece = fc.oneof(
      tag.map((name) => `<${name} a="b">`),
      tag.map((name) => `</${name}>`),
      tag.map((name) => `<${name}/>`),
      fc.constantFrom('Aye', ' ', '&amp;', '<!-- c -->', '<![CDATA[d]]>', '<'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, isXml) => {
        const html = pieces.join('');
        expect(eventsOf(MarkupParser, html, isXml)).toEqual(eventsOf(Parser, html, isXml));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('are refused if they are nested deeper than in any document', () => {
    const parse = (depth: number) => new XmlParser({}, 'a.docx').end('<a>'.repeat(depth));
    expect(() => parse(2048)).not.toThrow();
    expect(() => parse(2049)).toThrow('a.docx is damaged: its elements are nested more than 2,048 levels deep.');
  });
});

test('joins a chain of replies as one thread, and visits each id once', () => {
  const chain = Array.from({ length: 60_000 }, (_, i) => ({
    id: `<${i}>`,
    replyTo: [`<${i - 1}>`],
    from: 'a',
    subject: 'b',
    date: '',
    text: 'c',
    attachments: 0,
  }));
  expect(threadsOf(chain)).toHaveLength(1);
});

test.each([
  ['srt of voices', /contains no text/],
  ['wiki of an address', /has no article with text/],
  ['xlsx of sheets that are one part', undefined],
  ['pdf of forms in forms', /repeats more than .* of the same content/],
  ['pdf of forms in forms without text', /repeats more than .* of the same content/],
  ['pdf of a chain of forms', /forms nested more than 200 levels deep/],
  ['pdf of 20,000 pages of one content', /repeats more than .* of the same content/],
  ['pdf of one page 20,000 times', /repeats more than .* of the same content/],
  ['pdf of a form in itself', undefined],
  ['parquet of an endless list', /a list in its metadata is longer than the metadata/],
  ['parquet of lists in lists', /a list in its metadata is longer than the metadata/],
  ['parquet of a long number', /a number in its metadata has more than 10 bytes/],
  ['parquet of a broken end', /is damaged: its metadata can't be read\.$/],
])('%s', async (name, reason) => {
  const found = await outcome(name);
  if (reason) expect(found.reason).toMatch(reason);
  else expect(found.reason).toBeUndefined();
});

test('truncates names in mentions, and replaces each address once', async () => {
  const { texts } = await outcome('slack of a long name');
  expect(texts[0]!.length).toBeLessThan(20_000 * 210);
  expect((await outcome('x of addresses that double')).texts).toEqual(['aa'.repeat(100)]);
});

test('scans a long word in a PDF once', () => {
  const line = { text: 'a'.repeat(300_000), x: 0, y: 0, width: 10, size: 1 };
  expect(textOfPages([linesOf([line])])).toHaveLength(300_000);
});

test('reports a table whose rows have no columns', async () => {
  const table = { format: 'json', columns: 'recognised' } as const;
  for (const content of ['[{},{}]', '[1,2]', '[[[[]]]]']) {
    const { reasons } = await readDrop({ ...dropped('a.json', content), table });
    expect(reasons).toEqual([
      ['a.json', 'a.json has no text columns: its first rows are empty, or have no named values.'],
    ]);
  }
});

test('shows the format of its file in the preview of a document', async () => {
  const store = memoryStore();
  const mail = dropped('a.eml', 'From: Ann <a@b>\nSubject: At sea\n\nWe sail at noon.\n');
  const { text } = await importDrop(
    [dropped('a.txt', 'Aye'), mail, dropped('a.html', '<p>No')],
    store,
    { addedAt: 1 },
    unwatched,
  );
  const formats = await Promise.all(
    [0, 1, 2].map(async (place) => (await previewDocument(store, text!.id, place, 9)).format),
  );
  expect(formats).toEqual(['txt', 'eml', 'html']);
});
