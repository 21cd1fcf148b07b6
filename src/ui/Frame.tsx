import type { ReactNode } from 'react';
import styles from './Frame.module.css';

interface FrameProps {
  strip: ReactNode;
  rail: ReactNode;
  /** What is so on every stage: at most two, above the stage's head. */
  notices?: ReactNode;
  children: ReactNode;
}

/** Strip above, rail at the left, stage; on a phone they follow each other and the page scrolls. */
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

/** The one polite live region: phase changes and verdicts, never steps. */
export function LiveRegion({ message }: { message: string }) {
  return (
    <div className={styles.live} role="status" aria-live="polite">
      {message}
    </div>
  );
}
