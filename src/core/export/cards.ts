/** The formats as a person meets them: cards, each in one precision or several. */
import type { Card, Precision } from './format';
import type { FormatSettings } from './formatSettings';
import { type FormatId, FORMATS } from './formats';

export const FORMAT_IDS = Object.keys(FORMATS) as FormatId[];
/** The model as a folder: its zip has the run's name, those of other formats theirs too. */
export const FOLDER_FORMAT: FormatId = 'hf';

/** What a person is offered first: a page that any browser opens, if there is one for the model; else the folder. */
export const firstFormat = (settings: FormatSettings): FormatId =>
  FORMATS.html.problem?.(settings) ? FOLDER_FORMAT : 'html';

export const CARDS: readonly Card[] = [...new Set(FORMAT_IDS.map((id) => FORMATS[id].card))];

/** Each once, most bits first. */
export const PRECISIONS: readonly Precision[] = [
  ...new Map(FORMAT_IDS.map((id) => [FORMATS[id].precision.label, FORMATS[id].precision])).values(),
].sort((a, b) => b.bits - a.bits);

/** Whether a card's file can be written in several precisions. */
export const hasChoice = (card: Card): boolean => FORMAT_IDS.filter((id) => FORMATS[id].card === card).length > 1;

/** Of a card's formats the one with the fewest bits that are not fewer than those asked for; else the one with most. */
export function formatOfCard(card: Card, { bits }: Precision): FormatId {
  const bitsOf = (id: FormatId): number => FORMATS[id].precision.bits;
  const max = FORMAT_IDS.filter((id) => FORMATS[id].card === card).sort((a, b) => bitsOf(b) - bitsOf(a));
  return max.findLast((id) => bitsOf(id) >= bits) ?? max[0]!;
}
