import type { ReactNode } from 'react';
import { Icon, PaneHead } from '../../ui';
import styles from './MilestoneList.module.css';

export interface MilestoneItem {
  key: string;
  /** `next` is still ahead; a `fact` is neither good nor bad. */
  sign: 'check' | 'warning' | 'next' | 'fact';
  title: string;
  measure: ReactNode;
  /** `step 72`. */
  when?: ReactNode;
}

/** List of milestones: sign, skill, measure behind it, and step. */
export const MilestoneList = ({ items }: { items: readonly MilestoneItem[] }) => (
  <>
    <PaneHead title="Milestones" />
    <ol className={styles.milestones} aria-label="Milestones">
      {items.map(({ key, sign, title, measure, when }) => (
        <li key={key} data-next={sign === 'next' || undefined}>
          {sign === 'fact' ? (
            <span />
          ) : sign === 'next' ? (
            <i />
          ) : (
            <Icon name={sign} tone={sign === 'check' ? 'ok' : 'warn'} />
          )}
          <span>
            <b>{title}</b>
            <small>{measure}</small>
          </span>
          <span>{when}</span>
        </li>
      ))}
    </ol>
  </>
);
