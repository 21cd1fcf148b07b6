import { cx } from './cx';
import styles from './TabbedPane.module.css';
import own from './StageTabs.module.css';

export interface StageTab {
  id: string;
  href: string;
  label: string;
  count?: string;
}

/** Parts of a stage, in its head: links, each with a URL. */
export function StageTabs(p: {
  /** Accessible name: `Parts of Runs`. */
  label: string;
  tabs: readonly StageTab[];
  current: string;
  onGo: (tab: StageTab) => void;
}) {
  return (
    <nav className={cx(styles.tabs, own.tabs)} aria-label={p.label}>
      {p.tabs.map((tab) => (
        <a
          key={tab.id}
          href={tab.href}
          className={cx(styles.tab, own.tab)}
          aria-current={tab.id === p.current ? 'page' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            p.onGo(tab);
          }}
        >
          {tab.label} {tab.count !== undefined && <span className={styles.count}>{tab.count}</span>}
        </a>
      ))}
    </nav>
  );
}
