import { useEffect, useRef, type ReactNode } from 'react';
import { cx } from './cx';
import styles from './Rail.module.css';

/**
 * Filled: has an artifact. Ring: nothing yet. Half amber: out of date. Ringed green: running. Two bars: stopped or interrupted,
 * and can resume. Red diamond: failed.
 */
export type NodeState = 'done' | 'none' | 'stale' | 'run' | 'stopped' | 'interrupted' | 'failed';
export interface RailStage {
  id: string;
  href: string;
  name: string;
  state: NodeState;
  /** The artefact in one line: `BPE · 2,048 entries`, `needs text`. */
  artefact: string;
}
export interface RailProps {
  stages: readonly RailStage[];
  current: string;
  onGo: (stage: RailStage) => void;
  /** The privacy promise as readings, and what is new. */
  promise: { title: string; readings: readonly { label: string; value: string }[]; news?: ReactNode };
}
const WORDS: Record<NodeState, string | undefined> = {
  done: undefined,
  none: undefined,
  stale: 'out of date',
  run: 'running',
  stopped: 'stopped',
  interrupted: 'interrupted',
  failed: 'failed',
};

/** The data path as a line with a node per stage. */
export function Rail({ stages, current, onGo, promise }: RailProps) {
  const here = useRef<HTMLAnchorElement>(null);
  const rail = useRef<HTMLElement>(null);
  useEffect(() => {
    const box = rail.current;
    if (!box) return;
    const goToCurrent = () => {
      if (here.current && box.scrollWidth > box.clientWidth)
        box.scrollLeft += here.current.getBoundingClientRect().left - 16;
    };
    // Now, after the fonts load, and when the window changes size.
    const observer = new ResizeObserver(goToCurrent);
    observer.observe(box);
    void document.fonts.ready.then(goToCurrent);
    return () => observer.disconnect();
  }, [current]);
  return (
    <nav className={styles.rail} aria-label="Stages" ref={rail}>
      <ol>
        {stages.map((stage) => (
          <li key={stage.id}>
            <a
              href={stage.href}
              ref={stage.id === current ? here : undefined}
              aria-current={stage.id === current ? 'page' : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onGo(stage);
              }}
            >
              <i className={cx(styles.node, styles[stage.state])} />
              <span className={styles.name}>{stage.name}</span>
              {WORDS[stage.state] && (
                <span className={cx(styles.state, styles[stage.state])}>{WORDS[stage.state]}</span>
              )}
              <span className={styles.artefact}>{stage.artefact}</span>
            </a>
          </li>
        ))}
      </ol>
      <div className={styles.promise}>
        <b>{promise.title}</b>
        {promise.readings.map(({ label, value }) => (
          <div key={label}>
            <span>{label}</span>
            <b>{value}</b>
          </div>
        ))}
        {promise.news !== undefined && <p>{promise.news}</p>}
      </div>
    </nav>
  );
}
