/** Uses of the model: the format for each use, and the chosen use. */
import { CARDS, firstFormat, formatOfCard } from '../../core/export/cards';
import type { Card, Precision } from '../../core/export/format';
import { type FormatId, FORMATS } from '../../core/export/formats';
import type { RunRecord } from '../../core/runs/record';
import { formatSettings } from './formatSettings';
import { mainFormat } from './mainFormat';
import type { Exports } from '../../state/slices/export';

export interface Uses {
  /** Cards in order, starting with the use that suits most people. */
  cards: readonly Card[];
  /** Formats that can't hold this model, and why. */
  unsuited: readonly { card: Card; problem: string }[];
}

/** @param exports an exported file stays in the list, even if the model changes */
export function usesOf(run: RunRecord, exports: Exports, precision: Precision): Uses {
  const settings = formatSettings(run);
  const mainCard = cardFor(firstFormat(settings));
  const sorted = CARDS.filter(({ onCard }) => !onCard).toSorted(
    (a, b) => Number(b === mainCard) - Number(a === mainCard),
  );
  const problemOf = (card: Card): string | undefined => {
    const format = formatOfCard(card, precision);
    return (!exports[format] && FORMATS[format].problem?.(settings)) || undefined;
  };
  const unsuited = sorted.flatMap((card) => {
    const problem = problemOf(card);
    return problem === undefined ? [] : [{ card, problem }];
  });
  return { cards: sorted.filter((card) => unsuited.every((entry) => entry.card !== card)), unsuited };
}

/** Use whose details the page shows; undefined without a model. */
export const chosenUse = (s: Parameters<typeof mainFormat>[0]): Card | undefined => cardFor(mainFormat(s));

/** Returns the card of a format. A format with a line on another card belongs to that card's use. */
function cardFor(format: FormatId | undefined): Card | undefined {
  const card = format && FORMATS[format].card;
  return card?.onCard?.card ?? card;
}
