/**
 * An OpenDocument text: paragraphs and headings as lines, table cells separated by tabs, notes at the end.
 * https://docs.oasis-open.org/office/OpenDocument/
 */
import { type SinglePartFormat, packedText } from './packed';
import type { DocumentReader } from '../format';

const wordSet = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const OPEN_TEXT: SinglePartFormat = {
  part: 'content.xml',
  notes: [],
  metadataPart: 'meta.xml',
  runs: wordSet('text:p text:h'),
  paragraphs: wordSet('text:p text:h'),
  rows: wordSet('table:table-row'),
  cells: wordSet('table:table-cell table:covered-table-cell'),
  breaks: wordSet('text:line-break'),
  insertedText: { 'text:tab': ['\t', ''], 'text:s': [' ', ''] },
  asides: wordSet('text:note-body draw:text-box'),
  skipped: wordSet('office:annotation text:tracked-changes text:note-citation svg:title svg:desc'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const document = await packedText(file, OPEN_TEXT, 'an OpenDocument text');
  if (/\S/.test(document.text)) yield document;
};
