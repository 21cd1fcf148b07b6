/** Excel workbooks as tables. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { memoryStore } from '../../../base/blobStore';
import { HomegrownError } from '../../../base/errors';
import { damaged, flipsOf, outcomeOf } from '../../../../testing/damage';
import { unwatched } from '../../../base/job';
import { collect, stream } from '../../../../testing/texts';
import { allOf } from '../../badRows';
import { inlineRows, workbookOf } from '../../../../testing/workbook';
import { importDrop, lookAtTable, openText } from '../..';
import { FORMATS, tableCalled } from '..';
import { MAX_ROW_LENGTH, type Row } from '../format';
import { customKind, numberText } from './numbers';
import { sharedStrings } from './strings';
import { propertyRuns } from '../../../../testing/propertyRuns';

const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
async function read(bytes: Uint8Array, piece = 1000) {
  const notes: string[] = [];
  const file = {
    name: 'a.xlsx',
    bytes: stream(inPieces(bytes, piece)),
    note: (words: string) => void notes.push(words),
  };
  const rows = await collect<Row>(allOf(file.name, FORMATS.xlsx.rows(file)));
  return { rows: rows.map(({ line, cells }) => [line, Object.fromEntries(cells)] as const), notes };
}
const sheet = (rows: string, name = 'Data', after = '') => ({ name, rows, after });
const NAMES = inlineRows([['text', 'label']]);

test('reads cells as a spreadsheet shows them, with dates and times in ISO 8601', async () => {
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="[$-409]d\\-mmm\\-yy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="46"/><xf numFmtId="10"/></cellXfs>';
  const strings =
    '<si><t>Call me</t></si><si><r><t xml:space="preserve">Ish</t></r><r><t>mael &amp; Co._x000D_\n_x0041_</t></r><rPh><t>never</t></rPh></si>';
  const cells = [
    '<c t="s"><v>0</v></c><c t="s"><v>1</v></c>',
    '<c><v>44501</v></c><c s="1"><v>44501</v></c><c s="2"><v>44501.75</v></c><c s="3"><v>0.5</v></c><c s="4"><v>1.0416666666666667</v></c><c s="5"><v>0.25</v></c>',
    '<c t="b"><v>1</v></c><c><v>0.30000000000000004</v></c><c t="str"><f>A1&amp;"x"</f><v>Callx</v></c><c t="d"><v>2021-11-01</v></c><c><v>12345678901234567</v></c>',
  ];
  const rows = `${inlineRows([['a', 'b', 'c', 'd', 'e', 'f']])}${cells.map((each) => `<row>${each}</row>`).join('')}`;
  const { rows: found } = await read(workbookOf([sheet(rows)], { strings, styles }));
  expect(found.map(([, row]) => Object.values(row))).toEqual([
    ['Call me', 'Ishmael & Co.\nA', '', '', '', ''],
    ['44501', '2021-11-01', '2021-11-01T18:00:00', '12:00:00', '25:00:00', '0.25'],
    ['TRUE', '0.3', 'Callx', '2021-11-01', '12345678901234567', ''],
  ]);
});

test('detects dates by the number format', () => {
  const kinds = [
    'General',
    '0.00E+00',
    '[Red]0;"days"0',
    'yyyy"年"m"月"d"日"',
    'mmm-yy',
    'h:mm AM/PM',
    '[h]:mm',
    'm/d/yy h:mm',
    '_-* #,##0.00\\ "km"',
    '[>=100]0',
  ];
  expect(kinds.map(customKind)).toEqual([
    ...['number', 'number', 'number', 'date', 'date', 'time', 'elapsed', 'moment', 'number', 'number'],
  ]);
  expect(numberText('1', 'date', false)).toBe('1900-01-01');
  expect(numberText('61', 'date', false)).toBe('1900-03-01');
  expect(numberText('0', 'date', true)).toBe('1904-01-01');
  expect(numberText('-3', 'date', false)).toBe('-3');
  expect(numberText('1e300', 'date', false)).toBe('1e+300');
});

test('skips empty rows and rows above the header, and keeps columns in place', async () => {
  const rows = inlineRows([
    ['Reviews of 2021'],
    [],
    [null, 'text', null, 'label'],
    ['1', 'Aye', null, null],
    [' ', null],
    ['2', 'No', 'odd', 'bad'],
  ]);
  const { rows: found, notes } = await read(workbookOf([sheet(rows)]));
  expect(found).toEqual([
    [4, { 'Column 1': '1', text: 'Aye', 'Column 3': '', label: '' }],
    [6, { 'Column 1': '2', text: 'No', 'Column 3': 'odd', label: 'bad' }],
  ]);
  expect(notes).toEqual(['Skipped 1 row above the header']);
  // A table of one column has its header in the first row, even if some rows have other cells.
  const one = await read(workbookOf([sheet(inlineRows([['text'], ['Aye'], ['No', 'x'], ['So']]))]));
  expect(one.rows.map(([, row]) => row['text'])).toEqual(['Aye', 'No', 'So']);
});

test('reads sheets as one table, those like the largest first, and skips and notes hidden ones', async () => {
  const book = workbookOf([
    sheet(inlineRows([['Read me'], ['Made by Ann']]), 'About'),
    sheet(
      `${NAMES}${inlineRows(
        [
          ['One', 'a'],
          ['Two', 'b'],
        ],
        2,
      )}`,
      'May',
    ),
    { name: 'Lists', rows: inlineRows([['x'], ['y']]), state: 'hidden' },
    sheet(`${NAMES}${inlineRows([['Three', 'c']], 2)}`, 'June'),
    sheet('', 'Empty'),
  ]);
  const { rows, notes } = await read(book);
  expect(rows).toEqual([
    [2, { text: 'One', label: 'a', Sheet: 'May' }],
    [3, { text: 'Two', label: 'b', Sheet: 'May' }],
    [2, { text: 'Three', label: 'c', Sheet: 'June' }],
    [2, { 'Read me': 'Made by Ann', Sheet: 'About' }],
  ]);
  expect(notes).toEqual([
    'Skipped 1 hidden sheet: "Lists"',
    'The columns of "About" differ from those of "May": only matching columns are used',
  ]);
});

test('notes formulas without values, errors and merged cells', async () => {
  const cells =
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Aye</t></is></c><c r="B2"><f>A2*2</f><v></v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>No</t></is></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>';
  const merged = '<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A2:A3"/></mergeCells>';
  const { rows, notes } = await read(workbookOf([sheet(`${NAMES}${cells}`, 'Data', merged)]));
  expect(rows).toEqual([
    [2, { text: 'Aye', label: '' }],
    [3, { text: 'No', label: '' }],
  ]);
  expect(notes).toEqual([
    '1 merged cell: the text is in the first cell only',
    '1 cell with an error read as empty',
    '1 formula without a stored value read as empty: to store values, open and save the file in a spreadsheet app',
  ]);
});

test('imports rows in a drop as documents or pairs, by detected or chosen columns', async () => {
  const bytes = workbookOf([
    sheet(
      `${inlineRows([['id', 'review', 'stars']])}${inlineRows(
        [
          ['1', 'A fine whale', '5'],
          ['2', '', '1'],
        ],
        2,
      )}`,
    ),
  ]);
  const source = { name: 'a.xlsx', size: bytes.length, stream: () => stream(inPieces(bytes, 99)) };
  const textsOf = async (table?: Parameters<typeof importDrop>[0][number]['table']) => {
    const store = memoryStore();
    const { text, empty } = await importDrop(
      [{ ...source, ...(table && { table }) }],
      store,
      { addedAt: 1 },
      unwatched,
    );
    const documents = await openText(store, text!.id);
    return {
      empty,
      texts: await Promise.all(
        documents.map(async ({ chunks, fields }) => [(await collect(chunks())).join(''), fields]),
      ),
    };
  };
  expect(tableCalled('A.XLSX')).toBe('xlsx');
  expect(await textsOf()).toEqual({ empty: 1, texts: [['A fine whale', { label: '5' }]] });
  expect(await textsOf({ format: 'xlsx', columns: { input: 'review', target: 'stars' } })).toMatchObject({
    texts: [['A fine whale\n5', undefined]],
  });
  expect((await lookAtTable(source, 'xlsx')).columns).toEqual(['id', 'review', 'stars']);
});

describe('is refused with the place and a remedy', () => {
  const refused = (bytes: Uint8Array) => expect(read(bytes)).rejects;
  it('if it is not a workbook, or has no sheet to read', async () => {
    await refused(new TextEncoder().encode('Call me Ishmael.')).toThrow(
      /^a\.xlsx: it is not a zip file, or it is cut off/,
    );
    await refused(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0)).toThrow(
      /has a password, or is in a format from before Office 2007/,
    );
    await refused(workbookOf([{ ...sheet(NAMES), state: 'veryHidden' }])).toThrow(/^a\.xlsx has no visible sheet/);
  });

  it('if a shared string is missing, a column is out of range, or a row is too long', async () => {
    await refused(workbookOf([sheet(`${NAMES}<row r="2"><c t="s"><v>7</v></c></row>`)])).toThrow(
      /^a\.xlsx, sheet "Data", refers to the missing text "7", in row 2/,
    );
    await refused(workbookOf([sheet(`${NAMES}<row r="2"><c r="ZZZZ2"/></row>`)])).toThrow(/beyond the 16,384 columns/);
    const long = inlineRows(
      [[Array.from({ length: MAX_ROW_LENGTH / 3 }, (_, i) => (i * 7919).toString(36)).join(' '), 'x']],
      2,
    );
    await refused(workbookOf([sheet(`${NAMES}${long}`)])).toThrow(
      /"Data", has more than 1,048,576 characters in row 2/,
    );
  });

  it('if a sheet expands too much, or too many cells share a long text', async () => {
    await refused(workbookOf([sheet(`${NAMES}${' '.repeat(4e6)}`)])).toThrow(
      /sheet1\.xml expands from .* which text never does/,
    );
    const strings = `<si><t>${Array.from({ length: 6000 }, (_, i) => i.toString(36)).join(' ')}</t></si>`;
    const rows = Array.from(
      { length: 2000 },
      (_, i) => `<row r="${i + 2}"><c r="A${i + 2}" t="s"><v>0</v></c></row>`,
    ).join('');
    await refused(workbookOf([sheet(`${NAMES}${rows}`)], { strings })).toThrow(
      /expands from .* characters, which text never does/,
    );
  });

  it('if its cells have more text than fits in memory', async () => {
    const xml = stream(['<si><t>', 'x'.repeat(60), '</t></si><si><t>', 'y'.repeat(60), '</t></si>']);
    await expect(sharedStrings(xml, 'a.xlsx', 100)).rejects.toThrow(
      /^a\.xlsx has more than 100 characters of text in its cells/,
    );
  });
});

test('a truncated or altered workbook gives rows or a typed error', async () => {
  const whole = workbookOf(
    [
      sheet(
        `${NAMES}${inlineRows(
          [
            ['One', 'a'],
            ['Two', 'b'],
          ],
          2,
        )}`,
      ),
      sheet(NAMES, 'Other'),
    ],
    {
      strings: '<si><t>x</t></si>',
      styles: '<cellXfs><xf numFmtId="14"/></cellXfs>',
    },
  );
  const tried = (bytes: Uint8Array, piece: number) => outcomeOf(async () => (await read(bytes, piece)).rows);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: whole.length }),
      flipsOf(whole),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      async (end, flips, piece, isCut) => {
        const bytes = damaged(whole, isCut ? end : whole.length, flips);
        expect(await tried(bytes, piece)).toEqual(await tried(bytes, 2 ** 20));
      },
    ),
    { numRuns: propertyRuns(150) },
  );
});

test('malformed XML of a sheet gives rows or a typed error', async () => {
  const piece = fc.constantFrom(
    ...[
      '<row>',
      '</row>',
      '<row r="x">',
      '<c>',
      '</c>',
      '<c t="s">',
      '<c r="B1" s="9" t="n">',
      '<v>',
      '</v>',
      '1',
      'é',
      '<t>',
      '</t>',
      '<is>',
    ],
    ...[
      '<rPh>',
      '</rPh>',
      '<f/>',
      '<mergeCell ref="A1:B"/>',
      '&#xD800;',
      '&amp;',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '</sheetData>',
    ],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      await read(workbookOf([sheet(`${NAMES}${pieces.join('')}`)])).catch((error: unknown) => {
        if (!(error instanceof HomegrownError)) throw error;
      });
    }),
    { numRuns: propertyRuns(150) },
  );
});

test('reads a large sheet row by row in bounded memory', { timeout: 120_000 }, async () => {
  const rows = Array.from(
    { length: 50_000 },
    (_, i) =>
      `<row r="${i + 2}"><c r="A${i + 2}" t="inlineStr"><is><t>${'word '.repeat(20)}${(i * 7919) % 1e6}</t></is></c><c r="B${i + 2}"><v>${i}</v></c></row>`,
  );
  const bytes = workbookOf([sheet(`${NAMES}${rows.join('')}`)]);
  rows.length = 0;
  const start = process.memoryUsage.rss();
  let [peak, seen] = [0, 0];
  const file = { name: 'a.xlsx', bytes: stream([bytes]), note: () => undefined };
  for await (const { cells } of allOf(file.name, FORMATS.xlsx.rows(file))) {
    if (seen++ % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    if (cells.get('label') !== `${seen - 1}`) throw new Error(cells.get('label'));
  }
  expect(seen).toBe(50_000);
  expect((peak - start) / 2 ** 20).toBeLessThan(200);
});
