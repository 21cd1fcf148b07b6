/** Formats grouped into cards, each with one or several precisions. */
import type { Card, Precision } from './format';
import type { FormatSettings } from './formatSettings';
import { type FormatId, FORMATS } from './formats';

export const FORMAT_IDS = Object.keys(FORMATS) as FormatId[];
/** Format of the model's folder. Its zip has the run's name; zips of other formats add their own. */
export const FOLDER_FORMAT: FormatId = 'hf';

/** Format to offer first: the offline page if the model has one, else the folder. */
export const firstFormat = (settings: FormatSettings): FormatId =>
  FORMATS.html.problem?.(settings) ? FOLDER_FORMAT : 'html';

export const CARDS: readonly Card[] = [...new Set(FORMAT_IDS.map((id) => FORMATS[id].card))];

/** Each precision once, most bits first. */
export const PRECISIONS: readonly Precision[] = [
  ...new Map(FORMAT_IDS.map((id) => [FORMATS[id].precision.label, FORMATS[id].precision])).values(),
].sort((a, b) => b.bits - a.bits);

/** Whether a card's file can be written in several precisions. */
export const hasChoice = (card: Card): boolean => FORMAT_IDS.filter((id) => FORMATS[id].card === card).length > 1;

/** Returns the card's format with the fewest bits that are at least `bits`; else the one with the most bits. */
export function formatOfCard(card: Card, { bits }: Precision): FormatId {
  const bitsOf = (id: FormatId): number => FORMATS[id].precision.bits;
  const max = FORMAT_IDS.filter((id) => FORMATS[id].card === card).sort((a, b) => bitsOf(b) - bitsOf(a));
  return max.findLast((id) => bitsOf(id) >= bits) ?? max[0]!;
}
