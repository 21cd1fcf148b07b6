import type { ReactNode } from 'react';
import styles from './EmptyStage.module.css';

interface EmptyStageProps {
  /** The page's figure with example data. */
  figure: ReactNode;
  /** One sentence: what the page will show. */
  children: ReactNode;
  /** Reason why the page is empty, if the button doesn't say it. */
  reason?: ReactNode;
  /** The page's filled button. */
  action?: ReactNode;
}

/** Empty page or pane: the page's figure in gray marked as an example, one sentence, one button. */
export function EmptyStage({ figure, children, reason, action }: EmptyStageProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.mark}>Example</span>
      <div className={styles.figure} inert>
        {figure}
      </div>
      <div className={styles.need}>
        <p className={styles.sentence}>{children}</p>
        {reason !== undefined && <p className={styles.reason}>{reason}</p>}
        {action}
      </div>
    </div>
  );
}
