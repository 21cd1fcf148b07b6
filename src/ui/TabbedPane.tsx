import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { cx } from './cx';
import { useScrollable } from './Stage';
import stage from './Stage.module.css';
import styles from './TabbedPane.module.css';

interface TabbedPaneProps<T extends string> {
  /** Accessible name. */
  label: string;
  tabs: readonly { id: T; label: string; count?: string }[];
  value: T;
  onChange: (value: T) => void;
  /** Secondary text at the right of the head. */
  hint?: ReactNode;
  /** Placed above the other panes on a phone. */
  isFirstOnPhone?: boolean;
  /** The chosen tab's content. */
  children: ReactNode;
}

/** Pane with tabs in its head. */
export function TabbedPane<T extends string>(p: TabbedPaneProps<T>) {
  const { ref, isScrollable } = useScrollable();
  return (
    <section
      ref={ref}
      className={cx(stage.pane, p.isFirstOnPhone && stage.firstOnPhone)}
      aria-label={p.label}
      data-pane
      tabIndex={isScrollable ? 0 : -1}
    >
      <h2 className={stage.hidden}>{p.label}</h2>
      <Tabs
        selectedKey={p.value}
        onSelectionChange={(key) => {
          const chosen = p.tabs.find((tab) => tab.id === key);
          if (chosen) p.onChange(chosen.id);
        }}
        className={cx(styles.tabbed)}
      >
        <div className={cx(stage.paneHead, styles.head)}>
          <TabList className={cx(styles.tabs)} aria-label={p.label}>
            {p.tabs.map((tab) => (
              <Tab key={tab.id} id={tab.id} className={cx(styles.tab)}>
                {tab.label} {tab.count !== undefined && <span className={styles.count}>{tab.count}</span>}
              </Tab>
            ))}
          </TabList>
          <span className={stage.grow} />
          {p.hint !== undefined && <span className={stage.hint}>{p.hint}</span>}
        </div>
        <TabPanel key={p.value} id={p.value} className={cx(styles.panel)}>
          {p.children}
        </TabPanel>
      </Tabs>
    </section>
  );
}
