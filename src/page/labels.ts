/** Labels of a classified text, with their probabilities. */
import { formatCount, formatShare } from '../core/base/units';
import type { PageModel } from '../core/export/formats/html/write';
import { labelsOf } from '../core/sample/labelsOf';
import { showAlternatives } from './alternatives';
import { elementById } from './elementById';
import type { Classified } from './protocol';

/** Maximum number of labels shown. */
const MAX = 20;

/** Shows the labels. @returns status text */
export function showLabels({ model, atLeast = 0 }: PageModel, classified: Classified): string {
  const { labels, several } = model.config.classes!;
  const { probabilities, tokens, read, windows } = classified;
  const own = labelsOf(model.config.classes!, probabilities, atLeast);
  const verdict = own.length > 0 ? own.join(', ') : several ? 'None of its labels' : 'Not sure';
  elementById('before', HTMLElement).textContent = verdict;
  elementById('voice', HTMLElement).textContent = verdict;
  const rows = labels
    .map((text, id) => ({ id, text, probability: probabilities[id]! }))
    .sort((a, b) => b.probability - a.probability);
  const chosen = several || own.length === 0 ? -1 : rows[0]!.id;
  const shown = rows.slice(0, MAX);
  const more = rows.length > shown.length ? `, top ${formatCount(MAX)} of ${formatCount(rows.length)}` : '';
  showAlternatives(`Probability of each label${more}`, shown, chosen);
  const sure = several ? '' : `${formatShare(rows[0]!.probability)} confidence`;
  const inParts = windows > 1 ? `read in ${formatCount(windows)} parts` : '';
  const cut = read < tokens ? `read only the first ${formatCount(read)} of ${formatCount(tokens)} tokens` : '';
  return [sure, inParts, cut].filter(Boolean).join('; ');
}

/** Hint under the text field, before a text is classified. */
export function sureWords({ model, atLeast = 0 }: PageModel): string {
  if (atLeast === 0) return '';
  const { several } = model.config.classes!;
  const share = formatShare(atLeast);
  return several
    ? `Confidence threshold ${share}, for each label`
    : `Confidence threshold ${share}; below it: not sure`;
}
