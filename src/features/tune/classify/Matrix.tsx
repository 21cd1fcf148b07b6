import { formatCount } from '../../../core/base/units';
import type { Evaluation } from '../../../core/evaluate/evaluation';
import { cx, scroll } from '../../../ui';
import styles from './Classify.module.css';
import { leastOf, percent, rampOf } from './judged';

type Confusion = NonNullable<Evaluation['confusion']>;

/** How often each label was given where each was wanted; a cell opens its texts. Of many labels the weakest are shown. */
export function Matrix({
  confusion: { labels, counts },
  shows,
  chosen,
  onChoose,
}: {
  confusion: Confusion;
  shows: 'count' | 'share';
  chosen: readonly [wanted: number, given: number] | undefined;
  onChoose: (cell: readonly [wanted: number, given: number]) => void;
}) {
  const wanted = counts.map(sum);
  const given = labels.map((_, place) => sum(counts.map((row) => row[place]!)));
  const places = shownOf(counts, wanted);
  return (
    <>
      <div
        className={cx(scroll.sideways, styles.matrix)}
        tabIndex={0}
        role="group"
        aria-label="Labels that were wanted, by those that were given"
      >
        <table style={{ minWidth: `calc(${WANTED + FOUND + EACH * places.length}px + 2 * var(--pane-gutter))` }}>
          <thead>
            <tr>
              <th scope="col">wanted</th>
              {places.map((place) => (
                <th key={place} scope="col" title={labels[place]}>
                  {labels[place]}
                </th>
              ))}
              <th scope="col">found</th>
            </tr>
          </thead>
          <tbody>
            {places.map((row) => (
              <tr key={row}>
                <th scope="row" title={labels[row]}>
                  {labels[row]}
                </th>
                {places.map((column) => {
                  const count = counts[row]![column]!;
                  const share = wanted[row]! > 0 ? count / wanted[row]! : 0;
                  const told = shows === 'count' ? formatCount(count) : percent(share);
                  return (
                    <td key={column}>
                      <button
                        type="button"
                        className={cx(styles[`r${rampOf(share)}`], count === 0 && styles.nil)}
                        aria-pressed={chosen?.[0] === row && chosen[1] === column}
                        aria-label={`wanted ${labels[row]!}, given ${labels[column]!}: ${told}`}
                        onClick={() => onChoose([row, column])}
                      >
                        {told}
                      </button>
                    </td>
                  );
                })}
                <td>{wanted[row]! > 0 ? percent(counts[row]![row]! / wanted[row]!) : '–'}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">right</th>
              {places.map((place) => (
                <td key={place}>{given[place]! > 0 ? percent(counts[place]![place]! / given[place]!) : '–'}</td>
              ))}
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      {places.length < labels.length && (
        <p className={styles.fewer}>
          The {formatCount(places.length)} labels of {formatCount(labels.length)} that are found least
        </p>
      )}
    </>
  );
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);

/** Those that are found least. */
function shownOf(counts: Confusion['counts'], wanted: readonly number[]): readonly number[] {
  return leastOf(counts.length, MOST, (place) => (wanted[place]! > 0 ? counts[place]![place]! / wanted[place]! : 2));
}
const MOST = 20;

/** Pixels. */
const [WANTED, EACH, FOUND] = [76, 60, 56];
