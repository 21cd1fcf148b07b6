import type { ReactNode } from 'react';
import { cx } from './cx';
import type { RunColor } from './runColor';
import { Swatch } from './Swatch';
import styles from './NumberStrip.module.css';
import { TermLabel } from './Term';

export interface Reading {
  label: string;
  value: ReactNode;
  unit?: ReactNode;
  /** Run whose color links the number to its curve. */
  run?: RunColor;
  /** Meaning of the number, in a line below it. */
  note?: string;
  /** Confidence interval and baseline value, one line each below the number. */
  interval?: string;
  baseline?: string;
  /** Hidden on a phone. */
  isSecondary?: boolean;
}

/** Maximum number of readings in a row. */
const MAX = 9;

interface NumberStripProps {
  readings: readonly Reading[];
  isCompact?: boolean;
  /** Button after four readings that opens the others. */
  more?: ReactNode;
}

/** One or two even rows of readings: 2 × 4 on a tablet, 3 × 2 on a phone, 2 × 3 on a narrow one; 4 if `isCompact`. */
export function NumberStrip({ readings, isCompact, more }: NumberStripProps) {
  const columns = Math.ceil(readings.length / Math.ceil(readings.length / MAX));
  const strip = (
    <dl
      className={cx(styles.strip, isCompact && styles.compact, more !== undefined && styles.four)}
      style={{ '--columns': columns }}
    >
      {readings.map(({ label, value, unit, run, note, interval, baseline, isSecondary }, i) => (
        <div key={label} className={cx(isSecondary && styles.secondary, i % columns === 0 && styles.first)}>
          <dt>
            {run !== undefined && <Swatch run={run} />}
            <span>
              <TermLabel>{label}</TermLabel>
            </span>
          </dt>
          <dd>
            {value}
            {unit !== undefined && <span className={styles.unit}>{unit}</span>}
            {note !== undefined && <small className={styles.note}>{note}</small>}
            {interval !== undefined && <small>{interval}</small>}
            {baseline !== undefined && <small className={styles.baseline}>{baseline}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
  if (more === undefined) return strip;
  return (
    <div className={styles.withMore}>
      {strip}
      <div className={styles.more}>{more}</div>
    </div>
  );
}
