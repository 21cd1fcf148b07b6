import type { ReactNode } from 'react';
import { cx } from './cx';
import { Icon, toneIcon, type Tone } from './Icon';
import styles from './Notice.module.css';

export interface NoticeProps {
  tone: Tone;
  /** What happened. */
  title: string;
  /** Why, or what it means. */
  children?: ReactNode;
  actions?: ReactNode;
  /** Several ways, with words of their own: they stand under what is said. */
  areActionsBelow?: boolean;
  /** One of several in a list: on the pane's own ground. */
  isPlain?: boolean;
}

/** Under the head, full width, or in a pane; never more than two on top of each other. */
export function Notice({ tone, title, children, actions, areActionsBelow, isPlain }: NoticeProps) {
  return (
    <div className={cx(styles.notice, tone !== 'ok' && !isPlain && styles[tone])}>
      <Icon name={toneIcon[tone]} tone={tone} />
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <span className={cx(styles.actions, areActionsBelow && styles.below)}>{actions}</span>}
    </div>
  );
}

export interface VerdictProps {
  /** Undefined where there is nothing to be glad or afraid of yet. */
  tone: Tone | undefined;
  judgement: string;
  /** Evidence with numbers. */
  children: ReactNode;
  action?: ReactNode;
}

/** The judgement in bold, its evidence, one action. It is spoken by the page's live region, not from here. */
export function Verdict({ tone, judgement, children, action }: VerdictProps) {
  return (
    <section className={styles.verdict} aria-label="Verdict">
      {tone && <Icon name={toneIcon[tone]} tone={tone} />}
      <p>
        <b>{judgement}</b> {children}
      </p>
      {action !== undefined && <span className={styles.row}>{action}</span>}
    </section>
  );
}

export interface FailureProps {
  title: string;
  /** What happened, with numbers. */
  children: ReactNode;
  safe: readonly { text: string; detail?: string; tone?: Tone }[];
  /** The one thing that most people should do. */
  action: ReactNode;
  actionNote?: ReactNode;
  otherActions?: ReactNode;
}

/** Three columns: what happened, what is safe, what to do. It replaces the verdict and is announced once. */
export function Failure(p: FailureProps) {
  return (
    <section className={styles.failure} role="alert" aria-label={p.title}>
      <div className={styles.what}>
        <h2>
          <Icon name="error" tone="error" />
          {p.title}
        </h2>
        <p>{p.children}</p>
      </div>
      <div>
        <h3>What is safe</h3>
        <ul className={styles.safe}>
          {p.safe.map(({ text, detail, tone = 'ok' }) => (
            <li key={text}>
              <Icon name={toneIcon[tone]} tone={tone} />
              <span>
                {text}
                {detail && <small>{detail}</small>}
              </span>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h3>What to do</h3>
        <div className={styles.todo}>
          {p.action}
          {p.actionNote !== undefined && <p>{p.actionNote}</p>}
          {p.otherActions !== undefined && <div className={styles.others}>{p.otherActions}</div>}
        </div>
      </div>
    </section>
  );
}

/** What the stage needs and the one button that gets it. No picture. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p>{children}</p>
      {action}
    </div>
  );
}
