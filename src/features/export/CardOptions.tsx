import type { Card, Line, Precision } from '../../core/export/format';
import { CARDS, formatOfCard } from '../../core/export/cards';
import { type FormatId, FORMATS } from '../../core/export/formats';
import { fileOf } from '../../state/export';
import { useShownPart, useStudio } from '../../state/react';
import { chosenStep } from '../../state/trained';
import { Checkbox, TextAction } from '../../ui';
import styles from './ExportPage.module.css';
import { formatSettings } from './formatSettings';
import { proof } from './proof';

/** Options other than the file: optimizer state, companion files, and formats described in one line. */
export function CardOptions({ format, precision }: { format: FormatId; precision: Precision }) {
  const { card, moments, sidecar, warning } = FORMATS[format];
  const warningText = useShownPart('export', ({ record }) => record && warning?.(formatSettings(record)));
  const downloadSidecars = useStudio((s) => s.downloadSidecars);
  return (
    <>
      {moments && <Moments canChoose={moments === 'asked'} />}
      {sidecar && <SecondaryAction {...sidecar} onPress={() => void downloadSidecars(format)} />}
      {CARDS.flatMap((otherFormat) =>
        otherFormat.onCard?.card === card ? (
          <FormatLine key={otherFormat.name} line={otherFormat.onCard} format={formatOfCard(otherFormat, precision)} />
        ) : (
          []
        ),
      )}
      {card.note !== undefined && <Note note={card.note} />}
      {warningText && <Note note={warningText} />}
    </>
  );
}

/** Checkbox for optimizer state; for a weights-only checkpoint, a note that it's missing. */
function Moments({ canChoose }: { canChoose: boolean }) {
  const withOptimizer = useStudio((s) => s.withOptimizer);
  const setWithOptimizer = useStudio((s) => s.setWithOptimizer);
  const hasOptimizerState = useShownPart('export', (run) => chosenStep(run)?.holds !== 'weights');
  const hasLatest = useShownPart('export', ({ steps }) => steps.some(({ latest }) => latest));
  if (!hasOptimizerState) {
    const latest = hasLatest ? '; the latest checkpoint has it' : '';
    return <p className={styles.aside}>This checkpoint has no optimizer state{latest}</p>;
  }
  return (
    canChoose && (
      <Checkbox isChosen={withOptimizer} onChange={setWithOptimizer}>
        Include optimizer state, to continue training
      </Checkbox>
    )
  );
}

/** Line for a format without its own card; empty if the format can't hold this model. */
function FormatLine({ line, format }: { line: NonNullable<Card['onCard']>; format: FormatId }) {
  const problem = useShownPart('export', ({ record }) => record && FORMATS[format].problem?.(formatSettings(record)));
  const exporting = useStudio((s) => s.exports[format]);
  const exportModel = useStudio((s) => s.exportModel);
  if (typeof problem === 'string') return null;
  const hint = exporting ? proofWords(proof(exporting, fileOf(exporting)?.step ?? 0)) : line.hint;
  return <SecondaryAction {...line} hint={hint} onPress={() => void exportModel(format)} />;
}

const proofWords = ({ title, text }: ReturnType<typeof proof>): string =>
  title === undefined ? text : `${title}: ${text}`;

function SecondaryAction({ action, text, hint, onPress }: Line & { onPress: () => void }) {
  return (
    <p className={styles.aside}>
      <TextAction label={action} onPress={onPress}>
        {text}
      </TextAction>
      <span>{hint}</span>
    </p>
  );
}

function Note({ note }: { note: string }) {
  const parts = note.split('`');
  return <p className={styles.note}>{parts.map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</p>;
}
