import type { ReactNode } from 'react';
import styles from './Ask.module.css';
import { Icon } from './Icon';
import type { IconName } from './icons';

interface AskProps {
  icon: IconName;
  /** Question: `letter-1998.txt: which line reads right?` */
  title: ReactNode;
  /** Evidence behind the question, or the answers to choose from. */
  children?: ReactNode;
  /** Buttons, the main one last. */
  actions?: ReactNode;
  /** Full-width content below the rest: an example, or the details while they are open. */
  detail?: ReactNode;
}

/** Inline question in a row above a table; buttons answer it. */
export const Ask = ({ icon, title, children, actions, detail }: AskProps) => (
  <section className={styles.ask} data-ask>
    <Icon name={icon} />
    <div className={styles.words}>
      <h3>{title}</h3>
      {children}
    </div>
    {actions !== undefined && <span className={styles.actions}>{actions}</span>}
    {detail !== undefined && <div className={styles.detail}>{detail}</div>}
  </section>
);
