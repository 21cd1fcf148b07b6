/** A document of Word, as ECMA-376 has it: paragraphs as lines, cells of tables with tabs between, notes at the end; deleted text, fields and reviewers' notes are not taken. */
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
    // Equations in one line, as Word writes them too: (a+b)^2/c.
    'm:d': ['(', ')'],
    'm:rad': ['√', ''],
    'm:den': ['/', ''],
    'm:sub': ['_', ''],
    'm:sup': ['^', ''],
  },
  asides: set('w:txbxContent'),
  // Tab stops of a paragraph's form are called as tabs are; a drawing is there twice, for older programs.
  left: set('w:del w:moveFrom w:pPr w:sectPr mc:Fallback'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const found = await packedText(file, WORD, 'a Word document');
  if (/\S/.test(found.text)) yield found;
};
