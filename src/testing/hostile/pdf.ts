/** Small PDFs that take long to read. */
import { constants, deflateRawSync } from 'node:zlib';
import { zlibSync } from 'fflate';
import { concatBytes } from '../../core/base/concat';
import { repeatEach, type Hostile, lazyFile, latin1 } from './made';

/** Makes a PDF of objects; the first is the catalog. */
function pdfOfObjects(objects: readonly (string | { head: string; bytes: Uint8Array })[]): Uint8Array {
  const pieces: Uint8Array[] = [latin1('%PDF-1.4\n')];
  const places: number[] = [];
  let offset = pieces[0]!.length;
  const push = (bytes: Uint8Array): void => {
    pieces.push(bytes);
    offset += bytes.length;
  };
  for (const [i, object] of objects.entries()) {
    places.push(offset);
    push(latin1(`${i + 1} 0 obj\n`));
    if (typeof object === 'string') push(latin1(object));
    else {
      push(latin1(`<< ${object.head} /Length ${object.bytes.length} >>\nstream\n`));
      push(object.bytes);
      push(latin1('\nendstream'));
    }
    push(latin1('\nendobj\n'));
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  push(
    latin1(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return concatBytes(pieces);
}

const stream = (content: string, head = '') => ({ head, bytes: latin1(content) });
const packed = (bytes: Uint8Array, filter = '/FlateDecode', head = '') => ({
  head: `${head} /Filter ${filter}`,
  bytes,
});
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
const CATALOG = '<< /Type /Catalog /Pages 2 0 R >>';
const WORDS = 'BT /F1 10 Tf 60 700 Td (Aye) Tj ET';
const page = (contents: string, resources = ''): string =>
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> ${resources} >> /Contents ${contents} >>`;
const single = (content: ReturnType<typeof stream>, ...others: (string | ReturnType<typeof stream>)[]): Uint8Array =>
  pdfOfObjects([
    CATALOG,
    '<< /Type /Pages /Count 1 /Kids [4 0 R] >>',
    FONT,
    page('5 0 R', '/XObject << /A 6 0 R /B 6 0 R >>'),
    content,
    ...others,
  ]);

/** Each form shows the next one twice. @param isApart uses two forms per level, so that the same form never repeats */
function formsInForms(levels: number, own: string, isApart = false): Uint8Array {
  const form = (a: number, b: number) =>
    stream(
      `${own} /A Do /B Do`,
      `/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> /XObject << /A ${a} 0 R /B ${b} 0 R >> >>`,
    );
  const forms = Array.from({ length: levels }, (_, i) =>
    isApart ? [form(8 + 2 * i, 9 + 2 * i), form(8 + 2 * i, 9 + 2 * i)] : [form(7 + i, 7 + i)],
  ).flat();
  return single(
    stream('/A Do /B Do'),
    ...forms,
    stream(own, '/Type /XObject /Subtype /Form /BBox [0 0 612 792]'),
    stream(own, '/Type /XObject /Subtype /Form /BBox [0 0 612 792]'),
  );
}

function pagesOfOne(count: number, content: string, isOnePage: boolean): Uint8Array {
  const kids = repeatEach(count, (i) => `${isOnePage ? 5 : 5 + i} 0 R `);
  return pdfOfObjects([
    CATALOG,
    `<< /Type /Pages /Count ${count} /Kids [${kids}] >>`,
    FONT,
    stream(content),
    ...Array.from({ length: isOnePage ? 1 : count }, () => page('4 0 R')),
  ]);
}

function chainOfForms(length: number): Uint8Array {
  const forms = Array.from({ length }, (_, i) =>
    stream('/A Do', `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A ${7 + i} 0 R >> >>`),
  );
  return single(stream('/A Do'), ...forms);
}

export const PDF: Hostile = {
  'pdf of forms in forms': lazyFile('forms.pdf', () => formsInForms(30, WORDS)),
  'pdf of forms in forms without text': lazyFile('forms.pdf', () => formsInForms(30, 'q Q', true)),
  'pdf of a chain of forms': lazyFile('chain.pdf', () => chainOfForms(5000)),
  'pdf of a form in itself': lazyFile('itself.pdf', () =>
    single(
      stream('/A Do'),
      stream(
        `${WORDS} /A Do`,
        '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 6 0 R >> >>',
      ),
    ),
  ),
  'pdf of 20,000 pages of one content': lazyFile('pages.pdf', () => pagesOfOne(20_000, WORDS.repeat(100), false)),
  'pdf of one page 20,000 times': lazyFile('pages.pdf', () => pagesOfOne(20_000, WORDS, true)),
  'pdf of 1 GB of spaces': lazyFile('spaces.pdf', () => single(packed(spaces()))),
  'pdf of 1 GB packed twice': lazyFile('twice.pdf', () =>
    single(packed(zlibSync(spaces()), '[/FlateDecode /FlateDecode]')),
  ),
  'pdf of a large table of letters': lazyFile('unicode.pdf', () =>
    pdfOfObjects([
      CATALOG,
      '<< /Type /Pages /Count 1 /Kids [4 0 R] >>',
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>',
      page('5 0 R'),
      stream(WORDS),
      packed(spaces()),
    ]),
  ),
  'pdf of a long word': lazyFile('word.pdf', () =>
    single(stream(`BT /F1 10 Tf 60 700 Td (${'a'.repeat(1_000_000)}) Tj ET`)),
  ),
  'pdf of a line in pieces': lazyFile('line.pdf', () =>
    single(stream(repeatEach(60_000, (i) => `BT /F1 1 Tf ${(i / 100).toFixed(2)} 700 Td (a b) Tj ET\n`))),
  ),
  'pdf of a column of lines': lazyFile('column.pdf', () =>
    single(
      stream(
        repeatEach(60_000, (i) => `BT /F1 .01 Tf 60 ${(790 - i / 80).toFixed(3)} Td (Aye aye, in a line.) Tj ET\n`),
      ),
    ),
  ),
  'pdf of scattered words': lazyFile('scattered.pdf', () =>
    single(
      stream(
        repeatEach(
          60_000,
          (i) => `BT /F1 1 Tf ${(i * 7919) % 580} ${((i * 104_729) % 7800) / 10} Td (Aye aye, captain of it) Tj ET\n`,
        ),
      ),
    ),
  ),
  'pdf of brackets': lazyFile('brackets.pdf', () => single(stream('['.repeat(2_000_000)))),
  'pdf of brackets in an object': lazyFile('brackets.pdf', () => single(stream(WORDS), '['.repeat(1_000_000))),
  'pdf of pages in themselves': lazyFile('kids.pdf', () =>
    pdfOfObjects([
      CATALOG,
      '<< /Type /Pages /Count 1000 /Kids [2 0 R 2 0 R 4 0 R] >>',
      FONT,
      page('5 0 R'),
      stream(WORDS),
    ]),
  ),
  'pdf of nested dictionaries': lazyFile('nested.pdf', () => single(stream(WORDS), '<< /A '.repeat(500_000))),
};

/** A gigabyte of spaces in about a megabyte: byte-aligned deflate blocks one after another, and a last empty one. */
function spaces(): Uint8Array {
  const block = deflateRawSync(new Uint8Array(64 * 2 ** 20).fill(32), { finishFlush: constants.Z_FULL_FLUSH });
  return concatBytes([
    Uint8Array.of(0x78, 0x9c),
    ...Array.from({ length: 16 }, () => block),
    Uint8Array.of(3, 0, 0, 0, 0, 0),
  ]);
}
