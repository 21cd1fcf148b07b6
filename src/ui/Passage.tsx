import styles from './Passage.module.css';

export interface PassageProps {
  /** What was given, and what was made of it; with what was wanted where that is something else. */
  pieces: readonly { text: string; is: 'given' | 'made' | 'right' | 'wrong'; wanted?: string }[];
}

/** A text of which some is a model's. Right and wrong are told by a line and a word, not by colour alone. */
export const Passage = ({ pieces }: PassageProps) => (
  <>
    {pieces.map(({ text, is, wanted }, i) =>
      text === '\n' && is === 'given' ? (
        <br key={i} />
      ) : (
        <span key={i} className={styles[is]}>
          {text}
          {wanted !== undefined && <small className={styles.wanted}> ({wanted === '' ? 'nothing' : wanted})</small>}
        </span>
      ),
    )}
  </>
);
