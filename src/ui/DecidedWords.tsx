import { likeliest } from '../core/base/likeliest';
import { formatShare } from '../core/base/units';
import { cx } from './cx';
import styles from './DecidedWords.module.css';

interface DecidedWordsProps {
  /** All labels, and the index of the most likely one. */
  labels: readonly string[];
  label: number;
  /** Whether a text can have several labels. */
  isMany?: boolean;
  decided: {
    /** Concatenated, the words are the text. A positive score raised the label's score, a negative one lowered it. */
    words: readonly { text: string; score: number }[];
    /** Probability of each label with all words masked. */
    blank: readonly number[];
  };
}

/** Text with each word shaded by how much it raised its label's score; a dashed underline if it lowered it. */
export function DecidedWords({ labels, label, isMany = false, decided: { words, blank } }: DecidedWordsProps) {
  const name = labels[label] ?? '';
  const all = words.reduce((sum, { score }) => sum + Math.abs(score), 0);
  const isMarked = all >= MIN_CHANGE;
  const max = words.reduce((largest, { score }) => Math.max(largest, Math.abs(score)), 0);
  const isSame = isMany ? (blank[label] ?? 0) >= 0.5 : likeliest(blank) === label;
  return (
    <>
      {isSame && (
        <p className={styles.blank}>
          {`The model says ${name} even for a text without words: ${formatShare(blank[label]!)}`}
        </p>
      )}
      <p
        className={styles.words}
        dir="auto"
        role="group"
        tabIndex={0}
        aria-label={`Words that changed the answer ${name}`}
      >
        {words.map(({ text, score }, i) => {
          const step = isMarked ? Math.min(STEPS, Math.floor(((STEPS + 1) * Math.abs(score)) / max)) : 0;
          if (step === 0) return text;
          return (
            <span key={i} className={cx(styles[`${score > 0 ? 'for' : 'against'}${step}`])}>
              {text}
            </span>
          );
        })}
      </p>
      <p className={styles.legend}>
        {isMarked ? (
          <>
            <span>
              <i className={styles.for1} aria-hidden />
              <i className={styles.for2} aria-hidden />
              <i className={styles.for3} aria-hidden />
              for {name}
            </span>
            <span>
              <span className={styles.against2}>dashed</span>&nbsp;against {name}
            </span>
            <span>
              Shows which words changed this one answer, by integrated gradients. What the model learned overall can
              differ.
            </span>
          </>
        ) : (
          <span>
            {isSame ? 'No word supports another label' : 'No word changed this answer much, so none is marked'}
          </span>
        )}
      </p>
    </>
  );
}
/** Number of ramp steps; smaller scores have no shade. */
const STEPS = 3;
/** Minimum total change in log-odds for words to be marked: less is noise. */
const MIN_CHANGE = 1;
