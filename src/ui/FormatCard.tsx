import type { ReactNode } from 'react';
import { cx } from './cx';
import { Icon, toneIcon, type Tone } from './Icon';
import styles from './FormatCard.module.css';

export interface FormatCardProps {
  name: string;
  size?: string;
  /** What it is for, in one line. */
  purpose: string;
  opensIn: string;
  holds: string;
  /** "Verified" comes only with its evidence. Without a tone it is a quiet line: `Not built yet`. */
  proof?: { tone?: Tone; title?: string; text: string };
  /** A Progress in place of the proof while `isBusy`. */
  progress?: ReactNode;
  isBusy?: boolean;
  action: ReactNode;
  /** Choices and lesser actions, under what it holds. */
  children?: ReactNode;
}

export function FormatCard(p: FormatCardProps) {
  return (
    <article className={styles.card}>
      <header>
        <h3>{p.name}</h3>
        <span className={styles.size}>{p.size}</span>
      </header>
      <p className={styles.purpose}>{p.purpose}</p>
      <dl>
        <div>
          <dt>Opens in</dt>
          <dd>{p.opensIn}</dd>
        </div>
        <div>
          <dt>Contains</dt>
          <dd>{p.holds}</dd>
        </div>
      </dl>
      {p.children !== undefined && <div className={styles.more}>{p.children}</div>}
      <footer>
        {p.isBusy ? p.progress : p.proof ? <Proof {...p.proof} /> : <span />}
        {p.action}
      </footer>
    </article>
  );
}

function Proof({ tone, title, text }: { tone?: Tone; title?: string; text: string }) {
  return (
    <p className={styles.proof}>
      {tone && <Icon name={toneIcon[tone]} tone={tone} />}
      <span>
        {title && <b className={cx(tone && styles[tone])}>{title}</b>} {text}
      </span>
    </p>
  );
}

/** Two columns of format cards. */
export const FormatCards = ({ children }: { children: ReactNode }) => <div className={styles.cards}>{children}</div>;
