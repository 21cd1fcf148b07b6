/** Excel workbooks as programs write them, part by part. */
import { zipSync } from 'fflate';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

interface WrittenSheet {
  name: string;
  /** Contents of `sheetData`; `after`: what follows it. */
  rows: string;
  after?: string;
  state?: string;
}

/** @param strings contents of `sst` @param more contents of `workbook` before its sheets */
export function workbookOf(
  sheets: readonly WrittenSheet[],
  { strings = '', styles = '', more = '' } = {},
  others: Readonly<Record<string, string>> = {},
): Uint8Array {
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': `<Relationships><Relationship Id="rId1" Type="${type}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook>${more}<sheets>${sheets
      .map(
        ({ name, state = 'visible' }, i) =>
          `<sheet name="${name}" sheetId="${i + 1}" state="${state}" r:id="rId${i + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${sheets
      .map((_, i) => `<Relationship Id="rId${i + 1}" Type="${type}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`)
      .join(
        '',
      )}<Relationship Id="s" Type="${type}/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="t" Type="${type}/styles" Target="styles.xml"/></Relationships>`,
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    'xl/styles.xml': `<styleSheet>${styles}</styleSheet>`,
    ...Object.fromEntries(
      sheets.map(({ rows, after = '' }, i) => [
        `xl/worksheets/sheet${i + 1}.xml`,
        `<worksheet><sheetData>${rows}</sheetData>${after}</worksheet>`,
      ]),
    ),
    ...others,
  };
  return zipSync(Object.fromEntries(Object.entries(parts).map(([path, xml]) => [path, utf8(xml)])));
}

/** Rows of texts, each inline in its cell; null: no cell. */
export const inlineRows = (rows: readonly (readonly (string | null)[])[], from = 1): string =>
  rows
    .map(
      (cells, i) =>
        `<row r="${from + i}">${cells
          .map((text, column) =>
            text === null
              ? ''
              : `<c r="${String.fromCharCode(65 + column)}${from + i}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`,
          )
          .join('')}</row>`,
    )
    .join('');
