import type { ReactNode } from 'react';
import { cx } from './cx';
import styles from './Fold.module.css';

/** What is seldom looked at, below the line that opens it. */
export function Fold(p: {
  summary: ReactNode;
  className?: string | undefined;
  /** For content that is only made while it is open. */
  onToggle?: (isOpen: boolean) => void;
  children: ReactNode;
}) {
  return (
    <details
      className={cx(styles.fold, p.className)}
      onToggle={({ currentTarget }) => {
        p.onToggle?.(currentTarget.open);
        // What opened below the edge is brought into view, once it is made.
        if (currentTarget.open) requestAnimationFrame(() => currentTarget.scrollIntoView({ block: 'nearest' }));
      }}
    >
      <summary>{p.summary}</summary>
      {p.children}
    </details>
  );
}
