import { formatCount } from '../core/base/units';
import { upperFirst } from '../core/base/firstLetter';
import styles from './RowProblems.module.css';

interface RowProblemsProps {
  /** Number of unreadable rows; the first 20 are listed. */
  count: number;
  listed: readonly { place: string; problem: string }[];
}

/** Lists unreadable rows inside a notice. A single row isn't listed: the notice names it. */
export function RowProblems({ count, listed }: RowProblemsProps) {
  if (count === 1) return null;
  const more = count - listed.length;
  return (
    <span className={styles.rows} role="group" tabIndex={0} aria-label="Malformed rows">
      {listed.map(({ place, problem }) => (
        <span key={place}>
          <b>{upperFirst(place)}</b> {problem}
        </span>
      ))}
      {more > 0 && <span>and {formatCount(more)} more</span>}
    </span>
  );
}
