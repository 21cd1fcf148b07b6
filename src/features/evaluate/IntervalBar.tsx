import styles from './Lists.module.css';

/** Line from low to high, needle at the value, dotted line at the baseline; in percent of the axis. */
export function IntervalBar(p: {
  value: number;
  low: number;
  high: number;
  baseline?: number | undefined;
  label: string;
}) {
  const clampedPercent = (percent: number): string => `${Math.min(100, Math.max(0, percent))}%`;
  return (
    <span className={styles.interval} role="img" aria-label={p.label}>
      {p.baseline !== undefined && <u style={{ left: clampedPercent(p.baseline) }} />}
      <i style={{ left: clampedPercent(p.low), right: clampedPercent(100 - p.high) }} />
      <b style={{ left: clampedPercent(p.value) }} />
    </span>
  );
}
