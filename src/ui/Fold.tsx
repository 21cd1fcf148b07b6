import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { cx } from './cx';
import styles from './Fold.module.css';

/** Disclosure for advanced content, below its summary line. */
export function Fold(p: {
  summary: ReactNode;
  className?: string | undefined;
  /** For content that is rendered only while the disclosure is open. */
  onToggle?: (isOpen: boolean) => void;
  children: ReactNode;
}) {
  return (
    <details
      className={cx(styles.fold, p.className)}
      onToggle={({ currentTarget }) => {
        // Content rendered only while open must exist before it is scrolled into view.
        flushSync(() => p.onToggle?.(currentTarget.open));
        if (currentTarget.open) currentTarget.scrollIntoView({ block: 'nearest' });
      }}
    >
      <summary>{p.summary}</summary>
      {p.children}
    </details>
  );
}
