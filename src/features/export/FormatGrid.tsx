import type { Card, Precision } from '../../core/export/format';
import { CARDS, formatOfCard, MAIN_FORMAT } from '../../core/export/cards';
import { FormatCards } from '../../ui';
import { CardOptions } from './CardOptions';
import { ExportCard } from './ExportCard';

/** What a model can be taken home as. */
export function FormatGrid({ precision }: { precision: Precision }) {
  return (
    <FormatCards>
      {CARDS.filter(({ onCard }) => !onCard).map((card) => (
        <FormatOfCard key={card.name} card={card} precision={precision} />
      ))}
    </FormatCards>
  );
}

function FormatOfCard({ card, precision }: { card: Card; precision: Precision }) {
  const format = formatOfCard(card, precision);
  return (
    <ExportCard format={format} isMain={format === MAIN_FORMAT}>
      <CardOptions format={format} precision={precision} />
    </ExportCard>
  );
}
