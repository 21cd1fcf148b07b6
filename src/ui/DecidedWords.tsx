import { cx } from './cx';
import styles from './DecidedWords.module.css';

export interface DecidedWordsProps {
  /** What they spoke for. */
  label: string;
  /** End to end they are the text; above 0 a word spoke for it, below 0 against it. */
  words: readonly { text: string; score: number }[];
}

/** A text, each word on a ground by how much it spoke for something, or over a dashed line where it spoke against. */
export function DecidedWords({ label, words }: DecidedWordsProps) {
  const most = words.reduce((max, { score }) => Math.max(max, Math.abs(score)), 0);
  return (
    <>
      <p className={styles.words} dir="auto" role="group" tabIndex={0} aria-label={`Words that spoke for ${label}`}>
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
          spoke for {label}
        </span>
        <span>
          <span className={styles.against2}>dashed</span>&nbsp;spoke against
        </span>
        <span>by integrated gradients: what it went by, and not why</span>
      </p>
    </>
  );
}
/** Of the ramp; what is less than the first is bare. */
const STEPS = 3;
