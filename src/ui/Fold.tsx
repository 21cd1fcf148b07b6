import type { ReactNode } from 'react';
import { cx } from './cx';
import styles from './Fold.module.css';

/** What is seldom looked at, below the line that opens it. */
export function Fold(p: { summary: ReactNode; className?: string | undefined; children: ReactNode }) {
  return (
    <details className={cx(styles.fold, p.className)}>
      <summary>{p.summary}</summary>
      {p.children}
    </details>
  );
}
