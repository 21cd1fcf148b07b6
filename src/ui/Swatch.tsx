import { cx } from './cx';
import { runColor, runDash, type RunColor } from './runColor';
import styles from './Swatch.module.css';

/** Short piece of a run's line that links a name or number to its curve. */
export function Swatch({ run }: { run: RunColor }) {
  return (
    <i className={cx(styles.swatch, runDash(run) && styles.dashed)} style={{ color: runColor(run) }} aria-hidden />
  );
}
