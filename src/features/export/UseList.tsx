import { useMemo } from 'react';
import { formatOfCard } from '../../core/export/cards';
import type { Card, Precision } from '../../core/export/format';
import { modelOf } from '../../state/openRun';
import { useShownPart, useStudio } from '../../state/react';
import { chosenStep } from '../../state/trained';
import { Fold, Icon, RadioList, text, toneIcon } from '../../ui';
import styles from './ExportPage.module.css';
import { proof } from './proof';
import { chosenUse, type Uses, usesOf } from './uses';
import type { Exporting } from '../../state/slices/export';

/** Uses of the model. Formats that can't hold it share one line. */
export function UseList({ precision }: { precision: Precision }) {
  const choose = useStudio((s) => s.chooseExport);
  const exports = useStudio((s) => s.exports);
  const model = useStudio((s) => modelOf(s, 'export')?.record);
  const chosenCard = useStudio(chosenUse);
  const { cards, unsuited } = useMemo(
    () => (model ? usesOf(model, exports, precision) : NO_USES),
    [exports, model, precision],
  );
  return (
    <>
      <RadioList
        isFlush
        label="What do you want to do with it?"
        value={chosenCard?.name ?? null}
        onChange={(name) => {
          const card = cards.find((card) => card.name === name);
          if (card) choose(formatOfCard(card, precision));
        }}
        options={cards.map((card) => ({
          value: card.name,
          label: card.purpose,
          body: (model && card.opensThis?.(model.model)) ?? card.opensIn,
          icon: card.icon ?? 'file',
          reading: <FormatStatus card={card} exporting={exports[formatOfCard(card, precision)]} />,
        }))}
      />
      {unsuited.length > 0 && (
        <Fold
          className={styles.fold}
          summary={`Not available for this model: ${unsuited.map(({ card }) => card.name).join(', ')}`}
        >
          <ul className={styles.unsuited}>
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

const NO_USES: Uses = { cards: [], unsuited: [] };

/** Format name, and the status of its export at the chosen step. */
function FormatStatus({ card, exporting }: { card: Card; exporting: Exporting | undefined }) {
  const step = useShownPart('export', (run) => chosenStep(run)?.step ?? 0);
  const { tone, title } = exporting ? proof(exporting, step) : {};
  return (
    <span className={styles.format}>
      {tone && (
        <>
          <Icon name={toneIcon[tone]} tone={tone} />
          <span className={text.hidden}>{title}</span>
        </>
      )}
      {card.name}
    </span>
  );
}
