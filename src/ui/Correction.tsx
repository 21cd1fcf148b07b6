import { TextAction } from './Button';
import styles from './Correction.module.css';
import { MenuButton } from './Menu';

interface CorrectionProps {
  /** All labels, and the predicted one. */
  labels: readonly string[];
  predicted: string | undefined;
  /** Label that the user gave, and whether the model was trained with it; undefined if unknown. */
  correction: { label: string; isLearned: boolean | undefined } | undefined;
  onCorrect: (label: string) => void;
  onUndo: () => void;
  /** Absent while a run trains. */
  onTrain?: () => void;
}

/** Corrects a text's label, or shows the correction. */
export function Correction({ labels, predicted, correction, onCorrect, onUndo, onTrain }: CorrectionProps) {
  if (correction) {
    return (
      <div className={styles.correction} role="status">
        <span>{correctionWords(correction, predicted)}</span>
        {correction.isLearned === false && (
          <>
            {onTrain && <TextAction onPress={onTrain}>Train again</TextAction>}
            <TextAction onPress={onUndo}>Undo</TextAction>
          </>
        )}
      </div>
    );
  }
  const others = labels.filter((label) => label !== predicted);
  return (
    <div className={styles.correction}>
      <span>Wrong?</span>
      <MenuButton variant="plain" entries={others.map((label) => ({ id: label, label }))} onChoose={onCorrect}>
        Choose the right label
      </MenuButton>
    </div>
  );
}

function correctionWords(
  { label, isLearned }: NonNullable<CorrectionProps['correction']>,
  predicted: string | undefined,
): string {
  if (isLearned === undefined) return `Corrected to ${label}`;
  if (!isLearned) return `Corrected to ${label}. The correction takes effect the next time you train.`;
  if (predicted === label) return `Corrected to ${label}, and now the model says ${label}`;
  return `Corrected to ${label}, and the model still ${predicted === undefined ? 'isn’t sure' : `says ${predicted}`}. Add more texts like this one.`;
}
