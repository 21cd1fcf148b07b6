import type { Card, Precision } from '../../core/export/format';
import { CARDS, formatOfCard } from '../../core/export/cards';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { useShownPart, useStudio } from '../../state/react';
import { Fold, FormatCards } from '../../ui';
import { CardOptions } from './CardOptions';
import { ExportCard } from './ExportCard';
import styles from './ExportPage.module.css';
import { formatSettings } from './formatSettings';
import { firstFormatOf, mainFormat } from './mainFormat';

/** Formats of the model, first the one that suits most people. Formats that can't hold it are one line. */
export function FormatGrid({ precision }: { precision: Precision }) {
  const first = useStudio((s) => cardOf(firstFormatOf(s)));
  const cards = CARDS.filter(({ onCard }) => !onCard).toSorted((a, b) => Number(b === first) - Number(a === first));
  const run = useShownPart('export', ({ record }) => record);
  const exports = useStudio((s) => s.exports);
  const problemOf = (card: Card): string | undefined => {
    const format = formatOfCard(card, precision);
    return (!exports[format] && run && FORMATS[format].problem?.(formatSettings(run))) || undefined;
  };
  const unsuited = cards.flatMap((card) => {
    const problem = problemOf(card);
    return problem === undefined ? [] : { card, problem };
  });
  return (
    <>
      <FormatCards>
        {cards.map(
          (card) =>
            unsuited.every((one) => one.card !== card) && (
              <FormatOfCard key={card.name} card={card} precision={precision} />
            ),
        )}
      </FormatCards>
      {unsuited.length > 0 && (
        <Fold
          className={styles.unsuited}
          summary={`Not available for this model: ${unsuited.map(({ card }) => card.name).join(', ')}`}
        >
          <ul>
            {unsuited.map(({ card, problem }) => (
              <li key={card.name}>
                <b>{card.name}</b> {problem}
              </li>
            ))}
          </ul>
        </Fold>
      )}
    </>
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
