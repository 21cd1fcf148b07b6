/** An OpenDocument text: paragraphs and headings as lines, cells of tables with tabs between. https://docs.oasis-open.org/office/OpenDocument/ */
import { type Elements, packedText } from '../packed';
import type { DocumentReader } from './format';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const OPEN_TEXT: Elements = {
  part: 'content.xml',
  about: 'meta.xml',
  runs: set('text:p text:h'),
  paragraphs: set('text:p text:h table:table-row'),
  cells: set('table:table-cell'),
  tabs: set('text:tab'),
  breaks: set('text:line-break'),
  spaces: set('text:s'),
  left: set('office:annotation text:tracked-changes text:note-citation'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const found = await packedText(file, OPEN_TEXT, 'an OpenDocument text');
  if (/\S/.test(found.text)) yield found;
};
