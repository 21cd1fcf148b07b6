/** Reads the structure of an Excel workbook: its sheets, shared strings and number formats. ECMA-376 part 1, 18.2. */
import { badFile } from '../../../base/errors';
import { eachElement, idIn, Parts } from '../../parts';
import type { OpenFile } from '../format';
import type { CellContext } from './cells';
import { builtInKind, customKind, type NumberKind } from './numbers';
import { sharedStrings } from './strings';

export interface Workbook {
  parts: Parts;
  /** Visible sheets in order. */
  sheets: readonly { name: string; path: string }[];
  /** Names of hidden sheets. */
  hidden: readonly string[];
  /** Names of sheets that refer to the same part as an earlier one. */
  copies: readonly string[];
  context: CellContext;
}

/** @throws HomegrownError `bad-file` if there are no visible sheets */
export async function openWorkbook(file: OpenFile): Promise<Workbook> {
  const parts = await Parts.open(file, 'an Excel workbook');
  const path = await parts.main('workbook', 'xl/workbook.xml');
  const relations = await parts.relations(path);
  const sheets: Workbook['sheets'][number][] = [];
  const [hidden, copies]: [string[], string[]] = [[], []];
  const usedPaths = new Set<string>();
  let is1904 = false;
  eachElement((await parts.text(path)) ?? '', (name, attributes) => {
    if (name === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '');
    if (name !== 'sheet') return;
    const relation = relations.get(idIn(attributes));
    // Chart sheets have no rows.
    if (relation?.type !== 'worksheet') return;
    const sheetName = attributes['name'] ?? '';
    if ((attributes['state'] ?? 'visible') !== 'visible') hidden.push(sheetName);
    else if (usedPaths.has(relation.path)) copies.push(sheetName);
    else {
      usedPaths.add(relation.path);
      sheets.push({ name: sheetName, path: relation.path });
    }
  });
  if (sheets.length === 0)
    throw badFile(
      `${file.name} has no ${hidden.length > 0 ? 'visible sheet' : 'sheet with cells'}.`,
      'Choose a workbook with a table.',
    );
  const sheetName = (type: string): string | undefined =>
    [...relations.values()].find((relation) => relation.type === type)?.path;
  return {
    parts,
    sheets,
    hidden,
    copies,
    context: {
      strings: await sharedStrings(parts.stream(sheetName('sharedStrings') ?? ''), file.name),
      numberKinds: numberKindsByStyle((await parts.text(sheetName('styles') ?? '')) ?? ''),
      is1904,
    },
  };
}

/** Kinds of numbers by cell style: 18.8.10. */
function numberKindsByStyle(styles: string): NumberKind[] {
  const customKinds = new Map<number, NumberKind>();
  const kinds: NumberKind[] = [];
  let isInCellStyles = false;
  eachElement(styles, (name, { numFmtId = '0', formatCode = '' }) => {
    if (name === 'numFmt') customKinds.set(Number(numFmtId), customKind(formatCode));
    // Elements `xf` also occur outside of `cellXfs`.
    if (name === 'xf' && isInCellStyles) kinds.push(customKinds.get(Number(numFmtId)) ?? builtInKind(Number(numFmtId)));
    if (/^cell.*s$/.test(name)) isInCellStyles = name === 'cellXfs';
  });
  return kinds;
}
