import type { ReactNode } from 'react';
import styles from './Frame.module.css';

interface FrameProps {
  strip: ReactNode;
  rail: ReactNode;
  /** Notices shown on every stage: at most two, above the stage's head. */
  notices?: ReactNode;
  children: ReactNode;
}

/** Layout: strip at the top, rail at the left, stage. On a phone they are stacked and the page scrolls. */
export function Frame({ strip, rail, notices, children }: FrameProps) {
  return (
    <div className={styles.frame}>
      {strip}
      {rail}
      {notices !== undefined && <div className={styles.notices}>{notices}</div>}
      {children}
    </div>
  );
}

/** The only polite live region: announces phase changes and verdicts, never steps. */
export function LiveRegion({ message }: { message: string }) {
  return (
    <div className={styles.live} role="status" aria-live="polite">
      {message}
    </div>
  );
}
