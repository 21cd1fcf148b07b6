import type { ReactNode } from 'react';
import { cx } from './cx';
import { Icon, toneIcon, type Tone } from './Icon';
import styles from './Notice.module.css';

interface NoticeProps {
  /** Absent for neutral information, which has no color. */
  tone?: Tone;
  /** Whether neutral information has an icon because it states a fact. */
  isFact?: boolean;
  /** Event or fact. */
  title: string;
  /** Reason or meaning. */
  children?: ReactNode;
  actions?: ReactNode;
  /** Places the actions below the text, for several actions with explanations. */
  areActionsBelow?: boolean;
  /** Keeps the actions next to the title on a phone: each has at most a word and an icon. */
  areActionsShort?: boolean;
  /** Uses the pane's own background, for one of several notices in a list. */
  isPlain?: boolean;
}

/** Full-width notice under the head, or in a pane; never more than two stacked. */
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

/** `ok`: checked good news; `warn`: worse than expected, with an action; `error`: failed; else the run's state. */
type VerdictSign = Tone | 'running' | 'paused';

interface VerdictProps {
  /** Undefined if there is nothing to judge yet. */
  sign: VerdictSign | undefined;
  judgement: string;
  /** Evidence with numbers, at most two sentences. */
  children: ReactNode;
  /** Buttons: the filled one last, at most one outlined one before it. */
  actions?: ReactNode;
  /** Reserves two lines for the evidence, so that the page below doesn't move when the text changes. */
  isSteady?: boolean;
}

/** Judgment as a heading, its evidence, and the next step. The page's live region announces it, not this element. */
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
  /** Description of the failure, with numbers. */
  children: ReactNode;
  safe: readonly { text: string; detail?: string; tone?: Tone }[];
  /** The action that most people should take. */
  action: ReactNode;
  actionNote?: ReactNode;
  otherActions?: ReactNode;
}

/** Three columns: what happened, what is safe, what to do. Replaces the verdict and is announced once. */
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

/** Says what the stage needs, with one button to get it. No picture. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p>{children}</p>
      {action}
    </div>
  );
}
