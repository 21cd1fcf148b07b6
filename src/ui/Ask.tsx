import type { ReactNode } from 'react';
import styles from './Ask.module.css';
import { Icon } from './Icon';
import type { IconName } from './icons';

interface AskProps {
  icon: IconName;
  /** `letter-1998.txt: which line reads right?` */
  title: ReactNode;
  /** What the question rests on, or the answers to choose from. */
  children?: ReactNode;
  /** The main one last. */
  actions?: ReactNode;
  /** Under all of it, full width: an example, or the details while they are open. */
  detail?: ReactNode;
}

/** A question in place: a row above a table, answered by its buttons. */
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
