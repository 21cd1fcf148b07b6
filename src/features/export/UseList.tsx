import { useMemo } from 'react';
import { formatOfCard } from '../../core/export/cards';
import type { Card, Precision } from '../../core/export/format';
import type { Exporting } from '../../state/export';
import { modelOf } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { Fold, Icon, type IconName, RadioList, text } from '../../ui';
import styles from './ExportPage.module.css';
import { chosenUse, type Uses, usesOf } from './uses';

/** What a person can do with the model. Formats that can't hold it are one line. */
export function UseList({ precision }: { precision: Precision }) {
  const choose = useStudio((s) => s.chooseExport);
  const exports = useStudio((s) => s.exports);
  const model = useStudio((s) => modelOf(s, 'export')?.record);
  const chosen = useStudio(chosenUse);
  const { cards, unsuited } = useMemo(
    () => (model ? usesOf(model, exports, precision) : NO_USES),
    [exports, model, precision],
  );
  return (
    <>
      <RadioList
        isFlush
        label="What do you want to do with it?"
        value={chosen?.name ?? null}
        onChange={(name) => {
          const card = cards.find((one) => one.name === name);
          if (card) choose(formatOfCard(card, precision));
        }}
        options={cards.map((card) => ({
          value: card.name,
          label: card.purpose,
          body: (model && card.opensThis?.(model.model)) ?? card.opensIn,
          icon: card.icon ?? 'file',
          reading: <Reading card={card} exporting={exports[formatOfCard(card, precision)]} />,
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

/** The format, and a sign of its last export. */
function Reading({ card, exporting }: { card: Card; exporting: Exporting | undefined }) {
  const sign = exporting && SIGNS[exporting.kind];
  return (
    <span className={styles.format}>
      {sign && (
        <>
          <Icon name={sign.icon} tone={sign.tone} />
          <span className={text.hidden}>{sign.label}</span>
        </>
      )}
      {card.name}
    </span>
  );
}

const SIGNS: Readonly<
  Partial<Record<Exporting['kind'], { icon: IconName; tone: 'ok' | 'warn' | 'error'; label: string }>>
> = {
  verified: { icon: 'check', tone: 'ok', label: 'Exported and verified' },
  mismatch: { icon: 'warning', tone: 'warn', label: 'Outputs differ' },
  failed: { icon: 'error', tone: 'error', label: 'Export failed' },
};
