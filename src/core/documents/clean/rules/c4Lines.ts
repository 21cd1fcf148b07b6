/**
 * Removes lines that aren't sentences, citations, and lines about JavaScript and cookies, as C4 does.
 *
 * @example `"Home\nA whale is a mammal [1].\nAccept our privacy policy.\nIt breathes."` becomes `"A whale is a mammal .\n"`
 */
import { whole } from '../../../base/field';
import { c4Line, hasFilteredTerm } from '../quality/c4';
import { eachLine } from '../quality/lines';
import { textRule } from './rule';

export const C4_LINES = {
  words: whole({ label: 'Minimum words per line', min: 0, max: 1000, initial: 3 }),
  longest: whole({ label: 'Maximum word length', unit: 'characters', min: 1, max: 1e9, initial: 1000 }),
};

export const c4Lines = textRule({
  label: 'C4 line filter',
  does: 'Keeps only lines that end a sentence; removes citations and cookie notices',
  costs: 'removes headings, lists, verse, code and blank lines, and most of a text with hard line breaks',
  source: 'Raffel et al. 2020 (C4), as in TensorFlow Datasets and Hugging Face’s datatrove',
  fields: C4_LINES,
  isForPages: true,
  changes: (settings) => (passage) => {
    const mayHaveFilteredTerm = hasFilteredTerm(passage);
    let places = 0;
    let text = '';
    eachLine(passage, (start, end, next) => {
      const line = passage.slice(start, end);
      const result = c4Line(line, settings, mayHaveFilteredTerm);
      // The companion rule removes whole documents.
      const keptText = 'text' in result ? result.text : line;
      if (keptText !== line || keptText === '') places++;
      if (keptText !== '') text += keptText + passage.slice(end, next);
    });
    return places === 0 ? { text: passage, places } : { text, places };
  },
});
