/**
 * An OpenDocument text: paragraphs and headings as lines, table cells separated by tabs, notes at the end.
 * https://docs.oasis-open.org/office/OpenDocument/
 */
import { type OnePart, packedText } from './packed';
import type { DocumentReader } from '../format';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const OPEN_TEXT: OnePart = {
  part: 'content.xml',
  notes: [],
  about: 'meta.xml',
  runs: set('text:p text:h'),
  paragraphs: set('text:p text:h'),
  rows: set('table:table-row'),
  cells: set('table:table-cell table:covered-table-cell'),
  breaks: set('text:line-break'),
  letters: { 'text:tab': ['\t', ''], 'text:s': [' ', ''] },
  asides: set('text:note-body draw:text-box'),
  left: set('office:annotation text:tracked-changes text:note-citation svg:title svg:desc'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const found = await packedText(file, OPEN_TEXT, 'an OpenDocument text');
  if (/\S/.test(found.text)) yield found;
};
