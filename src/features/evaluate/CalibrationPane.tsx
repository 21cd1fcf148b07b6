import { useState } from 'react';
import { counted, formatCount, formatShare } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { Pane, PaneHead, Table, TextAction } from '../../ui';
import styles from './CalibrationPane.module.css';
import { type Bin, calibrationWords, percent } from './calibration';
import { Confusion } from './Confusion';
import { estimateWords, leftOutWords } from './words';

/** Whether there is something for the pane. */
export const hasCalibrationPane = ({ calibration, confusion, leftOut }: Evaluation): boolean =>
  calibration !== undefined || confusion !== undefined || leftOut.length > 0;

/** Whether the model is as often right as it is sure, or which label it takes for which; and what was not measured. */
export function CalibrationPane({
  evaluation: { calibration, confusion, labelled, metrics, leftOut },
}: {
  evaluation: Pick<Evaluation, 'calibration' | 'labelled' | 'metrics' | 'leftOut'> & {
    confusion?: Evaluation['confusion'] | undefined;
  };
}) {
  const error = metrics['calibrationError'];
  const words = error && estimateWords(error);
  return (
    <Pane
      title={calibration ? 'Calibration' : confusion ? 'Which label it takes for which' : 'Not measured'}
      {...(words && {
        hint: `error ${percent(words.value)}${words.interval === undefined ? '' : `, ${words.interval}`}`,
      })}
    >
      {confusion && <Confusion confusion={confusion} />}
      {calibration && (
        <Reliability bins={calibration.bins.filter(({ count }) => count > 0)} of={labelled ? 'text' : 'token'} />
      )}
      {leftOut.length > 0 && (
        <>
          {(calibration ?? confusion) && <PaneHead title="Not measured" />}
          <dl className={styles.leftOut}>
            {leftOut.map(({ name, reason }) => (
              <div key={name}>
                <dt>{leftOutWords(name)}</dt>
                <dd>{reason}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Pane>
  );
}

/** Reliability diagram: how sure it was of its likeliest token, or label, and how often that was right (Guo et al. 2017). */
function Reliability({ bins, of }: { bins: readonly Bin[]; of: 'text' | 'token' }) {
  const [isTable, setTable] = useState(false);
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(...bins.map(({ count }) => count));
  const points = bins.map(({ confidence, accuracy }) => `${100 * confidence},${100 - 100 * accuracy}`).join(' ');
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <b>How often right, by how sure</b>
        <TextAction onPress={() => setTable(!isTable)}>{isTable ? 'Show chart' : 'Show table'}</TextAction>
      </div>
      {isTable ? (
        <div className={styles.table}>
          <Table
            label="How often right, by how sure"
            isDense
            rows={bins}
            rowKey={({ confidence }) => String(confidence)}
            columns={[
              { id: 'sure', header: 'How sure', cell: ({ confidence }) => formatShare(confidence) },
              { id: 'right', header: 'How often right', isNumber: true, cell: ({ accuracy }) => formatShare(accuracy) },
              {
                id: 'count',
                header: of === 'text' ? 'Texts' : 'Tokens',
                isNumber: true,
                isQuiet: true,
                cell: ({ count }) => formatCount(count),
              },
            ]}
          />
        </div>
      ) : (
        <div className={styles.plot} role="img" aria-label={`Reliability diagram. ${calibrationWords(bins)}`}>
          <span className={styles.y}>right</span>
          <svg viewBox="-2 -2 104 104" aria-hidden>
            <path className={styles.grid} d="M0 0H100M0 50H100M50 0V100M100 0V100" />
            <path className={styles.axes} d="M0 0V100H100" />
            <path className={styles.even} d="M0 100L100 0" />
            <polyline className={styles.line} points={points} />
            {bins.map(({ confidence, accuracy, count }) => (
              <circle
                key={confidence}
                className={styles.point}
                cx={100 * confidence}
                cy={100 - 100 * accuracy}
                r={1 + 2.5 * Math.sqrt(count / most)}
              />
            ))}
          </svg>
          <span className={styles.x}>
            <span>0</span>
            <span>sure</span>
            <span>100 %</span>
          </span>
        </div>
      )}
      <figcaption className={styles.caption}>
        {calibrationWords(bins)} Of {counted(all, of)}; a larger point is more of them.
      </figcaption>
    </figure>
  );
}
