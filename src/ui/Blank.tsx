import { Button as AriaButton } from 'react-aria-components';
import { cx } from './cx';
import styles from './Blank.module.css';

/** Selectable blank of a passage: the filled-in word, and its probability below. */
export function Blank(p: {
  /** `Blank 3` */
  label: string;
  word: string;
  /** `18 %` */
  detail: string;
  isChosen: boolean;
  onChoose: () => void;
}) {
  return (
    <AriaButton
      className={cx(styles.blank, p.isChosen && styles.chosen)}
      aria-label={`${p.label}: ${p.word}, ${p.detail}`}
      aria-pressed={p.isChosen}
      onPress={p.onChoose}
    >
      {p.word === '' ? '\u00a0' : p.word}
      <small>{p.detail}</small>
    </AriaButton>
  );
}
