import { cx } from './cx';
import styles from './DecidedWords.module.css';

export interface DecidedWordsProps {
  /** The predicted label. */
  label: string;
  /** End to end they are the text; above 0 a word raised the label's score, below 0 it lowered it. */
  words: readonly { text: string; score: number }[];
}

/** A text, each word shaded by how much it raised the score of its label, or over a dashed line if it lowered it. */
export function DecidedWords({ label, words }: DecidedWordsProps) {
  const most = words.reduce((max, { score }) => Math.max(max, Math.abs(score)), 0);
  return (
    <>
      <p
        className={styles.words}
        dir="auto"
        role="group"
        tabIndex={0}
        aria-label={`Words that changed the answer ${label}`}
      >
        {words.map(({ text, score }, i) => {
          const step = most > 0 ? Math.min(STEPS, Math.floor(((STEPS + 1) * Math.abs(score)) / most)) : 0;
          if (step === 0) return text;
          return (
            <span key={i} className={cx(styles[`${score > 0 ? 'for' : 'against'}${step}`])}>
              {text}
            </span>
          );
        })}
      </p>
      <p className={styles.legend}>
        <span>
          <i className={styles.for1} aria-hidden />
          <i className={styles.for2} aria-hidden />
          <i className={styles.for3} aria-hidden />
          for {label}
        </span>
        <span>
          <span className={styles.against2}>dashed</span>&nbsp;against {label}
        </span>
        <span>
          Shows which words changed this one answer, by integrated gradients. What the model learned overall can differ.
        </span>
      </p>
    </>
  );
}
/** Of the ramp; what is less than the first is bare. */
const STEPS = 3;
