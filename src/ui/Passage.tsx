import { cx } from './cx';
import type { SamplePiece } from './litWords';
import styles from './Passage.module.css';

interface PassageProps {
  /** Prompt and generated text; also the expected text where the generated text differs from it. */
  pieces: readonly SamplePiece[];
}

/**
 * Text with a generated part. A line and a word mark right and wrong, not color alone; a background and a line
 * mark new words.
 */
export const Passage = ({ pieces }: PassageProps) => (
  <>
    {pieces.map(({ text, is, wanted, isLit }, i) =>
      text === '\n' && is === 'given' ? (
        <br key={i} />
      ) : (
        <span key={i} className={cx(styles[is], isLit && styles.lit)} translate="no">
          {text}
          {wanted !== undefined && <small className={styles.wanted}> ({wanted === '' ? 'nothing' : wanted})</small>}
        </span>
      ),
    )}
  </>
);
