import type { Card, Precision } from '../../core/export/format';
import { CARDS, formatOfCard } from '../../core/export/cards';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { useStudio } from '../../state/react';
import { FormatCards } from '../../ui';
import { CardOptions } from './CardOptions';
import { ExportCard } from './ExportCard';
import { firstFormatOf, mainFormat } from './mainFormat';

/** Formats of the model, first the one that suits most people. */
export function FormatGrid({ precision }: { precision: Precision }) {
  const first = useStudio((s) => cardOf(firstFormatOf(s)));
  const cards = CARDS.filter(({ onCard }) => !onCard).toSorted((a, b) => Number(b === first) - Number(a === first));
  return (
    <FormatCards>
      {cards.map((card) => (
        <FormatOfCard key={card.name} card={card} precision={precision} />
      ))}
    </FormatCards>
  );
}

/** Of a line on another card, that card. */
function cardOf(format: FormatId | undefined): Card | undefined {
  const card = format && FORMATS[format].card;
  return card?.onCard?.card ?? card;
}

function FormatOfCard({ card, precision }: { card: Card; precision: Precision }) {
  const format = formatOfCard(card, precision);
  const isMain = useStudio((s) => cardOf(mainFormat(s)) === card);
  return (
    <ExportCard format={format} isMain={isMain}>
      <CardOptions format={format} precision={precision} />
    </ExportCard>
  );
}
