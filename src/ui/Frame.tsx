import type { ReactNode } from 'react';
import styles from './Frame.module.css';

/** Strip above, rail at the left, stage; on a phone they follow each other and the page scrolls. */
export function Frame({ strip, rail, children }: { strip: ReactNode; rail: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.frame}>
      {strip}
      {rail}
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
