import { formatCount, formatShare } from '../core/base/units';
import { cx } from './cx';
import styles from './Matrix.module.css';
import { leastOf, rampOf } from './ramp';
import scroll from './scroll.module.css';
import { Term } from './Term';

interface MatrixProps {
  labels: readonly string[];
  /** Texts by actual label, then by predicted label. */
  counts: readonly (readonly number[])[];
  /** `share`: share of the row. */
  shows: 'count' | 'share';
  chosen?: readonly [actual: number, predicted: number] | undefined;
  /** Opens the texts of a cell; without it cells aren't buttons. */
  onChoose?: (cell: readonly [actual: number, predicted: number]) => void;
}

/** Confusion matrix: actual labels in rows, predicted ones in columns. Shows at most those with the lowest recall. */
export function Matrix({ labels, counts, shows, chosen, onChoose }: MatrixProps) {
  const actual = counts.map(sum);
  const predicted = labels.map((_, place) => sum(counts.map((row) => row[place]!)));
  const places = leastOf(counts.length, MAX_SHOWN, (place) =>
    actual[place]! > 0 ? counts[place]![place]! / actual[place]! : 2,
  );
  const isLarge = onChoose === undefined && places.length <= MAX_LARGE;
  return (
    <>
      <div
        className={cx(scroll.sideways, styles.matrix, isLarge && styles.large)}
        tabIndex={0}
        role="group"
        aria-label="Confusion matrix"
      >
        <table
          style={{
            minWidth: `calc(${ACTUAL + RECALL + EACH * places.length}px + var(--first-gutter) + var(--pane-gutter))`,
          }}
        >
          <thead>
            <tr>
              <th scope="col">actual</th>
              {places.map((place) => (
                <th key={place} scope="col" title={labels[place]}>
                  {labels[place]}
                </th>
              ))}
              <th scope="col">
                <Term id="recall">recall</Term>
              </th>
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
                  const share = actual[row]! > 0 ? count / actual[row]! : 0;
                  return (
                    <Cell
                      key={column}
                      words={shows === 'count' ? formatCount(count) : percent(share)}
                      name={`actual ${labels[row]!}, predicted ${labels[column]!}`}
                      share={share}
                      isChosen={chosen?.[0] === row && chosen[1] === column}
                      onPress={onChoose && (() => onChoose([row, column]))}
                    />
                  );
                })}
                <td>{actual[row]! > 0 ? percent(counts[row]![row]! / actual[row]!) : '–'}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">
                <Term id="precision">precision</Term>
              </th>
              {places.map((place) => (
                <td key={place}>{predicted[place]! > 0 ? percent(counts[place]![place]! / predicted[place]!) : '–'}</td>
              ))}
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      <FewerLabels shown={places.length} all={labels.length} lowest="recall" />
    </>
  );
}

/** Says which labels are shown, unless all are. */
export const FewerLabels = ({ shown, all, lowest }: { shown: number; all: number; lowest: string }) =>
  shown < all && (
    <p className={styles.fewer}>
      The {formatCount(shown)} of {formatCount(all)} labels with the lowest {lowest}
    </p>
  );

/** Cell shaded by a share; a button if it opens something. */
export function Cell({
  words,
  name,
  share,
  isChosen,
  onPress,
}: {
  words: string;
  name: string;
  share: number;
  isChosen: boolean;
  onPress: (() => void) | undefined;
}) {
  const className = cx(styles[`r${rampOf(share)}`], share === 0 && styles.nil);
  return (
    <td>
      {onPress ? (
        <button
          type="button"
          className={className}
          aria-pressed={isChosen}
          aria-label={`${name}: ${words}`}
          onClick={onPress}
        >
          {words}
        </button>
      ) : (
        <span className={className}>{words}</span>
      )}
    </td>
  );
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
const percent = (share: number): string => formatShare(Number(share.toPrecision(3)));

/** Maximum number of labels shown at once, and maximum number whose cells have room for large numbers. */
const [MAX_SHOWN, MAX_LARGE] = [20, 3];
/** Widths in px. */
const [ACTUAL, EACH, RECALL] = [76, 60, 56];
