import { formatCount } from '../../../core/base/units';
import { type EachLabel as Row, f1Of } from '../../../core/evaluate/eachLabel';
import { cx, scroll } from '../../../ui';
import styles from './Classify.module.css';
import { type Finding, FINDINGS, leastOf, percent, rampOf } from './judged';

const WORDS: Readonly<Record<Finding, string>> = { found: 'found', missed: 'missed', wrong: 'wrongly given' };

/** Each label by itself: in how many texts it was found, was missed, or was given where it is not; a cell opens them. */
export function EachLabel({
  rows,
  chosen,
  onChoose,
}: {
  rows: readonly Row[];
  chosen: readonly [label: number, finding: Finding] | undefined;
  onChoose: (cell: readonly [label: number, finding: Finding]) => void;
}) {
  const places = leastOf(rows.length, MOST, (place) => f1Of(rows[place]!) ?? 2);
  return (
    <>
      <div className={cx(scroll.sideways, styles.matrix)} tabIndex={0} role="group" aria-label="Each label by itself">
        <table className={styles.each}>
          <thead>
            <tr>
              <th scope="col">label</th>
              {FINDINGS.map((finding) => (
                <th key={finding} scope="col">
                  {WORDS[finding]}
                </th>
              ))}
              <th scope="col">F1</th>
            </tr>
          </thead>
          <tbody>
            {places.map((place) => {
              const row = rows[place]!;
              const f1 = f1Of(row);
              const all = Math.max(1, row.found + row.missed + row.wrong);
              return (
                <tr key={place}>
                  <th scope="row" title={row.label}>
                    {row.label}
                  </th>
                  {FINDINGS.map((finding) => (
                    <td key={finding}>
                      <button
                        type="button"
                        className={cx(styles[`r${rampOf(row[finding] / all)}`], row[finding] === 0 && styles.nil)}
                        aria-pressed={chosen?.[0] === place && chosen[1] === finding}
                        aria-label={`${row.label}, ${WORDS[finding]}: ${formatCount(row[finding])}`}
                        onClick={() => onChoose([place, finding])}
                      >
                        {formatCount(row[finding])}
                      </button>
                    </td>
                  ))}
                  <td>{f1 === undefined ? '–' : percent(f1)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {places.length < rows.length && (
        <p className={styles.fewer}>
          The {formatCount(places.length)} labels of {formatCount(rows.length)} of the lowest F1
        </p>
      )}
    </>
  );
}

export const findingWords = (label: string, finding: Finding): string => `${label}, ${WORDS[finding]}`;

/** Labels that are shown: as many as can be read. */
const MOST = 50;
