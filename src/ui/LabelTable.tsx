import { formatCount, formatShare } from '../core/base/units';
import { cx } from './cx';
import { Cell, FewerLabels } from './Matrix';
import styles from './Matrix.module.css';
import { leastOf } from './ramp';
import scroll from './scroll.module.css';
import { Term } from './Term';

/** Outcome of a label for a text: true positive, false negative or false positive. */
export type Finding = 'found' | 'missed' | 'wrong';
export const FINDINGS: readonly Finding[] = ['found', 'missed', 'wrong'];
export const FINDING_WORDS: Readonly<Record<Finding, string>> = {
  found: 'found',
  missed: 'missed',
  wrong: 'wrongly predicted',
};

/** Number of texts of a label by finding; `f1`: 0 to 1, undefined if the label never occurs. */
interface LabelTableRow extends Readonly<Record<Finding, number>> {
  label: string;
  f1: number | undefined;
}

interface LabelTableProps {
  rows: readonly LabelTableRow[];
  chosen?: readonly [label: number, finding: Finding] | undefined;
  /** Opens the texts of a cell; without it cells aren't buttons. */
  onChoose?: (cell: readonly [label: number, finding: Finding]) => void;
}

/** Table of per-label results for multi-label texts. */
export function LabelTable({ rows, chosen, onChoose }: LabelTableProps) {
  const places = leastOf(rows.length, MAX_SHOWN, (place) => rows[place]!.f1 ?? 2);
  return (
    <>
      <div className={cx(scroll.sideways, styles.matrix)} tabIndex={0} role="group" aria-label="Per-label results">
        <table className={styles.each}>
          <thead>
            <tr>
              <th scope="col">
                <Term id="label">label</Term>
              </th>
              {FINDINGS.map((finding) => (
                <th key={finding} scope="col">
                  {FINDING_WORDS[finding]}
                </th>
              ))}
              <th scope="col">
                <Term id="f1">F1</Term>
              </th>
            </tr>
          </thead>
          <tbody>
            {places.map((place) => {
              const row = rows[place]!;
              const all = Math.max(1, row.found + row.missed + row.wrong);
              return (
                <tr key={place}>
                  <th scope="row" title={row.label}>
                    {row.label}
                  </th>
                  {FINDINGS.map((finding) => (
                    <Cell
                      key={finding}
                      words={formatCount(row[finding])}
                      name={`${row.label}, ${FINDING_WORDS[finding]}`}
                      share={row[finding] / all}
                      isChosen={chosen?.[0] === place && chosen[1] === finding}
                      onPress={onChoose && (() => onChoose([place, finding]))}
                    />
                  ))}
                  <td>{row.f1 === undefined ? '–' : formatShare(Number(row.f1.toPrecision(3)))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <FewerLabels shown={places.length} all={rows.length} lowest="F1" />
    </>
  );
}

/** Maximum number of labels shown at once. */
const MAX_SHOWN = 50;
