/**
 * A Word document (ECMA-376): paragraphs as lines, table cells separated by tabs, notes at the end. Skips deleted text,
 * fields and reviewers' comments.
 */
import { type SinglePartFormat, packedText } from './packed';
import type { DocumentReader } from '../format';

const wordSet = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const WORD: SinglePartFormat = {
  part: 'word/document.xml',
  notes: ['word/footnotes.xml', 'word/endnotes.xml'],
  metadataPart: 'docProps/core.xml',
  runs: wordSet('w:t m:t'),
  paragraphs: wordSet('w:p'),
  rows: wordSet('w:tr'),
  cells: wordSet('w:tc'),
  breaks: wordSet('w:br w:cr'),
  insertedText: {
    'w:tab': ['\t', ''],
    'w:noBreakHyphen': ['\u2011', ''],
    // Equations on one line, in Word's linear format: (a+b)^2/c.
    'm:d': ['(', ')'],
    'm:rad': ['√', ''],
    'm:den': ['/', ''],
    'm:sub': ['_', ''],
    'm:sup': ['^', ''],
  },
  asides: wordSet('w:txbxContent'),
  // Tab stops of a paragraph share the element name of tabs; a drawing has a fallback copy for older programs.
  skipped: wordSet('w:del w:moveFrom w:pPr w:sectPr mc:Fallback'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const document = await packedText(file, WORD, 'a Word document');
  if (/\S/.test(document.text)) yield document;
};
