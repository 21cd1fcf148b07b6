/**
 * A Word document (ECMA-376): paragraphs as lines, table cells separated by tabs, notes at the end. Skips deleted text,
 * fields and reviewers' comments.
 */
import { type OnePart, packedText } from './packed';
import type { DocumentReader } from '../format';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const WORD: OnePart = {
  part: 'word/document.xml',
  notes: ['word/footnotes.xml', 'word/endnotes.xml'],
  about: 'docProps/core.xml',
  runs: set('w:t m:t'),
  paragraphs: set('w:p'),
  rows: set('w:tr'),
  cells: set('w:tc'),
  breaks: set('w:br w:cr'),
  letters: {
    'w:tab': ['\t', ''],
    'w:noBreakHyphen': ['\u2011', ''],
    // Equations on one line, in Word's linear format: (a+b)^2/c.
    'm:d': ['(', ')'],
    'm:rad': ['√', ''],
    'm:den': ['/', ''],
    'm:sub': ['_', ''],
    'm:sup': ['^', ''],
  },
  asides: set('w:txbxContent'),
  // Tab stops of a paragraph share the element name of tabs; a drawing has a fallback copy for older programs.
  left: set('w:del w:moveFrom w:pPr w:sectPr mc:Fallback'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const found = await packedText(file, WORD, 'a Word document');
  if (/\S/.test(found.text)) yield found;
};
