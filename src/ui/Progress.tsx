import { useEffect, useState } from 'react';
import styles from './Progress.module.css';

interface ProgressProps {
  /** Name of the task: `Reading sea-shanties.jsonl`, `Compiling shaders`. */
  label: string;
  /** Count ("N of N") and time left, if known. */
  detail?: string;
  value: number;
  max: number;
  /** Milliseconds before anything is shown. */
  delayMs?: number;
}

export function Progress({ label, detail, value, max, delayMs = 300 }: ProgressProps) {
  const [isLate, setLate] = useState(delayMs === 0);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
  if (!isLate) return null;
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div className={styles.progress}>
      <span>{label}</span>
      <span className={styles.detail}>{detail}</span>
      <div
        className={styles.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
        {...(detail && { 'aria-valuetext': detail })}
      >
        <i style={{ width: `${100 * share}%` }} />
      </div>
    </div>
  );
}
