import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { IconButton } from './Button';
import { cx } from './cx';
import styles from './Stage.module.css';
import { TermLabel } from './Term';

interface StageProps {
  title: string;
  /** Tabs of a stage with several parts. */
  tabs?: ReactNode;
  /** One sentence that a beginner understands and an expert can check; numbers in `<b>`. */
  summary?: ReactNode;
  /** At most two dense buttons. */
  actions?: ReactNode;
  /** Notices, then verdict or failure, number strip, panes. */
  children: ReactNode;
}

export function Stage({ title, tabs, summary, actions, children }: StageProps) {
  return (
    <main className={styles.stage} id="stage">
      <div className={styles.head}>
        <h1>{title}</h1>
        {tabs}
        <div className={styles.summary}>{summary}</div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </main>
  );
}

/** First screen: one headline instead of the head. */
export function FirstStage({ title, summary, children }: { title: string; summary: string; children: ReactNode }) {
  return (
    <main className={styles.stage} id="stage">
      <div className={styles.hello}>
        <h1>{title}</h1>
        <p>{summary}</p>
      </div>
      {children}
    </main>
  );
}

interface PanesProps {
  /** Grid columns from 1360 px up, `minmax(0, 1fr) 368px`. Below 1100 px panes are in two columns, below 760 in one. */
  columns: string;
  /** Grid columns from 1100 to 1359 px. */
  narrowColumns?: string;
  /** Grid rows, if there are two of them. */
  rows?: string;
  /**
   * Below 1100 px, places the first pane in a narrow column next to the second, instead of above it. For settings with
   * their result.
   */
  isFirstAlongside?: boolean;
  children: ReactNode;
}

export function Panes({ columns, narrowColumns, rows, isFirstAlongside, children }: PanesProps) {
  return (
    <div
      className={cx(styles.panes, isFirstAlongside && styles.firstAlongside)}
      style={{ '--columns': columns, '--narrow': narrowColumns ?? columns, '--rows': rows ?? 'minmax(0, 1fr)' }}
    >
      {children}
    </div>
  );
}

interface PaneProps {
  /** Title in the head; a pane without one needs a label, for screen readers. */
  title?: string;
  label?: string;
  /** Secondary text after the title. */
  hint?: ReactNode;
  /** Content at the right of the head. */
  aside?: ReactNode;
  children: ReactNode;
  /** Spans the whole grid. */
  isWide?: boolean;
  /** Placed first on a phone. */
  isFirstOnPhone?: boolean;
  /** Shows a close button on a phone, where the pane sticks to the bottom of the screen. For details of a selection. */
  onClose?: () => void;
}

/** Pane that scrolls by itself from 1100 px up. F6 moves the focus between panes. */
export function Pane(p: PaneProps) {
  const id = useId();
  const { ref, isScrollable } = useScrollable();
  return (
    <section
      ref={ref}
      className={cx(
        styles.pane,
        p.isWide && styles.wide,
        p.isFirstOnPhone && styles.firstOnPhone,
        p.onClose && styles.atFoot,
      )}
      tabIndex={isScrollable ? 0 : -1}
      data-pane
      aria-labelledby={id}
    >
      {p.title === undefined ? (
        <h2 id={id} className={styles.hidden}>
          {p.label}
        </h2>
      ) : (
        <div className={styles.paneHead}>
          <h2 id={id}>
            <TermLabel>{p.title}</TermLabel>
          </h2>
          {p.hint !== undefined && <span className={styles.hint}>{p.hint}</span>}
          <span className={styles.grow} />
          {p.aside}
          {p.onClose && <Close key={p.title} what={p.title} onClose={p.onClose} />}
        </div>
      )}
      {p.children}
    </section>
  );
}

/** Close button that returns the focus to where it was when the pane appeared. */
function Close({ what, onClose }: { what: string; onClose: () => void }) {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    before.current = document.activeElement;
  }, []);
  const close = (): void => {
    onClose();
    if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true });
  };
  return (
    <span className={styles.close}>
      <IconButton icon="close" label={`Close ${what}`} onPress={close} />
    </span>
  );
}

/** Heading of a section inside a pane. */
export function PaneHead({ title, hint, aside }: { title: string; hint?: ReactNode; aside?: ReactNode }) {
  return (
    <div className={cx(styles.paneHead, styles.section)}>
      <h2>
        <TermLabel>{title}</TermLabel>
      </h2>
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
      <span className={styles.grow} />
      {aside}
    </div>
  );
}

/** Padded content between two hairlines. `isForm`: contains field rows; `isTail`: at the bottom of the pane. */
export function Block(p: { children: ReactNode; isForm?: boolean; isTail?: boolean; isWideGutter?: boolean }) {
  return (
    <div
      className={cx(
        styles.block,
        p.isForm && styles.form,
        p.isTail && styles.tail,
        p.isWideGutter && styles.wideGutter,
      )}
    >
      {p.children}
    </div>
  );
}

/** Whether an element's content overflows it, so that the keyboard must be able to scroll it. */
export function useScrollable() {
  const ref = useRef<HTMLElement>(null);
  const [isScrollable, setScrollable] = useState(false);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      const style = getComputedStyle(box);
      setScrollable(style.overflowY !== 'visible' && box.scrollHeight > box.clientHeight + 1);
    });
    observer.observe(box);
    for (const child of box.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return { ref, isScrollable };
}
