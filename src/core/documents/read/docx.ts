/** A document of Word, as ECMA-376 has it: paragraphs as lines, cells of tables with tabs between; deleted text, fields and reviewers' notes are not taken. */
import { type Elements, packedText } from '../packed';
import type { DocumentReader } from './format';

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const WORD: Elements = {
  part: 'word/document.xml',
  about: 'docProps/core.xml',
  runs: set('w:t'),
  paragraphs: set('w:p w:tr'),
  cells: set('w:tc'),
  tabs: set('w:tab'),
  breaks: set('w:br w:cr'),
  spaces: set(''),
  // Tab stops of a paragraph's form are called as tabs are; a drawing is there twice, for older programs.
  left: set('w:del w:moveFrom w:pPr w:sectPr mc:Fallback'),
};

export const documents: DocumentReader['documents'] = async function* (file) {
  const found = await packedText(file, WORD, 'a Word document');
  if (/\S/.test(found.text)) yield found;
};
