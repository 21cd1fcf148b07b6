import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
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
        // Content that is only made while it is open must be there before it is brought into view.
        flushSync(() => p.onToggle?.(currentTarget.open));
        if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' });
      }}
    >
      <summary>{p.summary}</summary>
      {p.children}
    </details>
  );
}
