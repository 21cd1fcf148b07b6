import styles from './Correction.module.css';
import { MenuButton } from './Menu';

export interface CorrectionProps {
  /** All labels, and the one that the model gave. */
  labels: readonly string[];
  predicted: string | undefined;
  onCorrect: (label: string) => void;
}

/** A way to say that a label is wrong, and which one is right. */
export function Correction({ labels, predicted, onCorrect }: CorrectionProps) {
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
