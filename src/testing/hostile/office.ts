/** Small office documents, workbooks and books that claim to be large. */
import { bookOf } from '../book';
import { inlineRows, workbookOf } from '../workbook';
import { repeatEach, type Hostile, lazyFile, nested, zipped } from './made';

const odt = (inside: string): Uint8Array =>
  zipped({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': `<office:document-content><office:body><office:text>${inside}</office:text></office:body></office:document-content>`,
  });
const docx = (inside: string, others: Readonly<Record<string, string>> = {}): Uint8Array =>
  zipped({
    'word/document.xml': `<w:document><w:body>${inside}</w:body></w:document>`,
    ...others,
  });
const run = (text: string): string => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const spaces = (count: string): string => `<text:p>a<text:s text:c="${count}"/>b</text:p>`;

/** @param slides number of slides with the same notes */
function talk(slides: number, notes: string): Uint8Array {
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const parts: Record<string, string> = {
    '_rels/.rels': `<Relationships><Relationship Id="r" Type="${type}/officeDocument" Target="ppt/presentation.xml"/></Relationships>`,
    'ppt/presentation.xml': `<p:presentation><p:sldIdLst>${repeatEach(slides, (i) => `<p:sldId id="${i}" r:id="r${i}"/>`)}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': `<Relationships>${repeatEach(slides, (i) => `<Relationship Id="r${i}" Type="${type}/slide" Target="slides/s${i}.xml"/>`)}</Relationships>`,
    'ppt/notes.xml': notes,
  };
  for (let i = 0; i < slides; i++) {
    parts[`ppt/slides/s${i}.xml`] = '<p:sld><p:sp><a:p><a:t>Aye</a:t></a:p></p:sp></p:sld>';
    parts[`ppt/slides/_rels/s${i}.xml.rels`] =
      `<Relationships><Relationship Id="n" Type="${type}/notesSlide" Target="../notes.xml"/></Relationships>`;
  }
  return zipped(parts);
}

/** Column name, such as `A` or `XFD`. */
function letters(column: number): string {
  let [name, remaining] = ['', column + 1];
  for (; remaining > 0; remaining = Math.floor((remaining - 1) / 26))
    name = String.fromCharCode(65 + ((remaining - 1) % 26)) + name;
  return name;
}
const header = (columns: number): string =>
  `<row r="1">${repeatEach(columns, (i) => `<c r="${letters(i)}1" t="inlineStr"><is><t>c${i}</t></is></c>`)}</row>`;

function sheetsOfOnePart(count: number, rows: number): Uint8Array {
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const sheet = { name: 'Data', rows: inlineRows([['text'], ...Array.from({ length: rows }, () => ['Aye'])]) };
  return workbookOf(
    [sheet],
    {},
    {
      'xl/workbook.xml': `<workbook><sheets>${repeatEach(count, (i) => `<sheet name="s${i}" sheetId="${i + 1}" r:id="r${i}"/>`)}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships>${repeatEach(count, (i) => `<Relationship Id="r${i}" Type="${type}/worksheet" Target="worksheets/sheet1.xml"/>`)}</Relationships>`,
    },
  );
}

export const OFFICE: Hostile = {
  'odt with -5 spaces': lazyFile('spaces.odt', () => odt(spaces('-5'))),
  'odt with 1e9 spaces': lazyFile('spaces.odt', () => odt(spaces('1e9') + spaces('999999999999'))),
  'odt with 2.5 spaces': lazyFile('spaces.odt', () => odt(spaces('2.5') + spaces('NaN') + spaces('Infinity'))),
  'odt of repeated spaces': lazyFile('spaces.odt', () =>
    odt(`<text:p>a${'<text:s text:c="1000"/>'.repeat(1_650_000)}b</text:p>`),
  ),
  'odt of repeated columns': lazyFile('columns.odt', () =>
    odt(
      `<table:table><table:table-row>${'<table:table-cell table:number-columns-repeated="1000"/>'.repeat(200_000)}<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>`,
    ),
  ),
  'odt nested deep': lazyFile('deep.odt', () => odt(nested('text:p', 1_000_000))),
  'odt of notes in notes': lazyFile('notes.odt', () => odt(`<text:p>${nested('text:note-body', 2000)}</text:p>`)),
  'docx nested deep': lazyFile('deep.docx', () => docx(nested('w:p', 1_000_000))),
  'docx without end tags': lazyFile('open.docx', () => docx('<w:p>'.repeat(2_000_000))),
  'docx of end tags': lazyFile('ends.docx', () => docx(`${'<w:x>'.repeat(2000)}${'</w:y>'.repeat(2_000_000)}`)),
  'docx of 64 MB of spaces': lazyFile('large.docx', () => docx(run(' '.repeat(63 * 2 ** 20)))),
  'docx of three large parts': lazyFile('large.docx', () =>
    docx(run('a'.repeat(40e6)), {
      'word/footnotes.xml': run('b'.repeat(40e6)),
      'word/endnotes.xml': run('c'.repeat(40e6)),
    }),
  ),
  'docx of entities': lazyFile('entities.docx', () => docx(run('&amp;'.repeat(2_000_000)))),
  'docx of attributes': lazyFile('attributes.docx', () =>
    docx(`<w:p ${repeatEach(200_000, (i) => `a${i}="b" `)}/>${run('Aye')}`),
  ),
  'pptx nested deep': lazyFile('deep.pptx', () => talk(1, nested('a:p', 1_000_000))),
  'pptx of one note': lazyFile('notes.pptx', () =>
    talk(2000, `<p:notes>${'<a:p><a:t>Aye</a:t></a:p>'.repeat(40_000)}</p:notes>`),
  ),
  'epub nested deep': lazyFile('deep.epub', () => bookOf([nested('div', 1_000_000)])),
  'epub of one list of contents': lazyFile('contents.epub', () =>
    bookOf(
      ['<p>Aye</p>'],
      { items: repeatEach(5000, (i) => `<item id="n${i}" href="nav.xhtml" properties="nav"/>`) },
      { 'OEBPS/nav.xhtml': `<html>${'<a href="x">y</a>'.repeat(50_000)}</html>` },
    ),
  ),
  'xlsx nested deep': lazyFile('deep.xlsx', () => workbookOf([{ name: 'Data', rows: nested('row', 1_000_000) }])),
  'xlsx of sheets that are one part': lazyFile('sheets.xlsx', () => sheetsOfOnePart(5000, 5000)),
  'xlsx of 16,384 columns': lazyFile('wide.xlsx', () =>
    workbookOf([{ name: 'Data', rows: `${header(16_384)}${'<row><c><v>1</v></c></row>'.repeat(100_000)}` }]),
  ),
  'xlsx of sheets beside a wide one': lazyFile('sheets.xlsx', () =>
    workbookOf([
      { name: 'Wide', rows: `${header(16_384)}<row><c><v>1</v></c></row>` },
      ...Array.from({ length: 2000 }, (_, i) => ({ name: `s${i}`, rows: inlineRows([['a'], ['b']]) })),
    ]),
  ),
  'xlsx of a long shared text': lazyFile('shared.xlsx', () =>
    workbookOf(
      [{ name: 'Data', rows: `${inlineRows([['text']])}${'<row><c t="s"><v>0</v></c></row>'.repeat(50_000)}` }],
      { strings: `<si><t>${'Aye '.repeat(250_000)}</t></si>` },
    ),
  ),
  'xlsx with a text that is not there': lazyFile('shared.xlsx', () =>
    workbookOf([{ name: 'Data', rows: `${inlineRows([['text']])}<row><c t="s"><v>-1</v></c></row>` }]),
  ),
  'xlsx with a column beyond all': lazyFile('far.xlsx', () =>
    workbookOf([{ name: 'Data', rows: '<row r="999999999"><c r="ZZZZ1"><v>1</v></c></row>' }]),
  ),
  'xlsx that grows': lazyFile('grows.xlsx', () =>
    workbookOf(
      Array.from({ length: 60 }, (_, i) => ({ name: `s${i}`, rows: ' '.repeat(990_000) + inlineRows([['a'], ['b']]) })),
    ),
  ),
};
