import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { IconButton } from './Button';
import { cx } from './cx';
import { formatKeys } from './shortcuts';
import styles from './TopStrip.module.css';

export interface StripFact {
  label: string;
  value: ReactNode;
  detail?: ReactNode;
  tone?: 'warn' | 'error';
}
interface TopStripProps {
  /** Name of the project, usually a MenuButton of variant `plain`. */
  project: ReactNode;
  device: StripFact;
  /** Phase of the run, as the label: Ready, Reading, Compiling, Training, Paused. */
  phase: StripFact;
  saved: StripFact;
  /** Progress, 0 to 1, drawn along the strip's lower edge. */
  progress?: { label: string; share: number; isStopped?: boolean } | undefined;
  onFind: () => void;
  onTheme: () => void;
  /** The only Start, Stop or Resume button. */
  action: ReactNode;
  homeHref: string;
  onHome: () => void;
}

export function TopStrip(p: TopStripProps) {
  return (
    <header className={styles.strip}>
      <a
        className={styles.brand}
        href={p.homeHref}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          p.onHome();
        }}
      >
        <Mark />
        Homegrown
      </a>
      <dl className={styles.facts}>
        <Fact fact={{ label: 'Project', value: p.project }} place="project" />
        <Fact fact={p.device} place="device" />
        <Fact fact={p.phase} place="phase" isStrong={p.progress !== undefined} />
        <Fact fact={p.saved} place="saved" />
      </dl>
      <div className={styles.actions}>
        <AriaButton className={cx(styles.find)} onPress={p.onFind} aria-label="Find or run a command">
          <span className={styles.findWords}>Find or run…</span>
          <kbd>{formatKeys('mod+k')}</kbd>
        </AriaButton>
        <IconButton icon="theme" label="Switch light or dark" onPress={p.onTheme} />
        {p.action}
      </div>
      {p.progress && (
        <div
          className={cx(styles.edge, p.progress.isStopped && styles.stopped)}
          role="progressbar"
          aria-label={p.progress.label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(100 * p.progress.share)}
        >
          <i style={{ width: `${100 * p.progress.share}%` }} />
        </div>
      )}
    </header>
  );
}

function Fact({ fact, place, isStrong }: { fact: StripFact; place: string; isStrong?: boolean }) {
  const tone = fact.tone && styles[fact.tone];
  return (
    <div className={styles[place]}>
      <dt>{fact.label}</dt>
      <dd>
        {isStrong ? <b className={tone}>{fact.value}</b> : <span className={tone}>{fact.value}</span>}
        {fact.detail !== undefined && <span className={styles.detail}> {fact.detail}</span>}
      </dd>
    </div>
  );
}

/** Logo: a falling curve and its newest point. */
function Mark() {
  return (
    <svg viewBox="0 0 18 18" aria-hidden fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round">
      <path d="M2 2.5C3.2 10 6.8 12.6 12.6 13.2" />
      <circle cx="15" cy="13.4" r="1.6" fill="currentColor" stroke="none" />
    </svg>
  );
}
