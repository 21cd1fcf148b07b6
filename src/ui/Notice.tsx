import type { ReactNode } from 'react';
import { cx } from './cx';
import { Icon, toneIcon, type Tone } from './Icon';
import styles from './Notice.module.css';

interface NoticeProps {
  /** Absent for news, which has no color. */
  tone?: Tone;
  /** News that is a fact has a sign. */
  isFact?: boolean;
  /** What happened. */
  title: string;
  /** Why, or what it means. */
  children?: ReactNode;
  actions?: ReactNode;
  /** Several ways, with words of their own: they stand under what is said. */
  areActionsBelow?: boolean;
  /** At most a word and a sign: they stay next to the title on a phone. */
  areActionsShort?: boolean;
  /** One of several in a list: on the pane's own ground. */
  isPlain?: boolean;
}

/** Under the head, full width, or in a pane; never more than two on top of each other. */
export function Notice({ tone, isFact = false, title, children, actions, isPlain, ...p }: NoticeProps) {
  return (
    <div className={cx(styles.notice, tone && tone !== 'ok' && !isPlain && styles[tone])}>
      {tone ? <Icon name={toneIcon[tone]} tone={tone} /> : isFact ? <Icon name="info" /> : <span aria-hidden />}
      <b>{title}</b>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && (
        <span className={cx(styles.actions, p.areActionsBelow && styles.below, p.areActionsShort && styles.short)}>
          {actions}
        </span>
      )}
    </div>
  );
}

/** `ok` good news that was checked, `warn` worse than expected with an action, `error` failed; or what the run does. */
type VerdictSign = Tone | 'running' | 'paused';

interface VerdictProps {
  /** Undefined where nothing is good or bad yet. */
  sign: VerdictSign | undefined;
  judgement: string;
  /** Evidence with numbers, at most two sentences. */
  children: ReactNode;
  /** The filled button last, at most one outlined one before it. */
  actions?: ReactNode;
  /** Keeps room for two lines of evidence: the page below stays in place while the words change. */
  isSteady?: boolean;
}

/** The judgement as a heading, its evidence, and the next step. The page's live region speaks it, not this. */
export function Verdict({ sign, judgement, children, actions, isSteady = false }: VerdictProps) {
  return (
    <section className={cx(styles.verdict, isSteady && styles.steady)} aria-label="Verdict">
      {sign && <Sign sign={sign} />}
      <div>
        <h2>{judgement}</h2>
        <p>{children}</p>
      </div>
      {actions !== undefined && actions !== false && <span className={styles.row}>{actions}</span>}
    </section>
  );
}

function Sign({ sign }: { sign: VerdictSign }) {
  if (sign === 'paused') return <Icon name="pause" size={20} />;
  if (sign === 'running') return <Icon name="live" tone="ok" size={20} />;
  return <Icon name={toneIcon[sign]} tone={sign} size={20} />;
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
        <h3>What you can do</h3>
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
