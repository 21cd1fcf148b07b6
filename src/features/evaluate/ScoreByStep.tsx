import { useState } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import { Table, TextAction } from '../../ui';
import styles from './Lists.module.css';
import { shareWords } from './Shares';

interface Point {
  step: number;
  value: number;
  low: number;
  high: number;
}

/** A score in percent by checkpoint, with its interval; the baseline is dotted. */
export function ScoreByStep(p: { label: string; points: readonly Point[]; baseline: number | undefined }) {
  const [isTable, setTable] = useState(false);
  const last = p.points.at(-1)!.step;
  const first = p.points[0]!.step;
  // Coordinates in the view box, which is 1000 by 1000.
  const x = (step: number): number => (1000 * (step - first)) / Math.max(1, last - first);
  const y = (percent: number): number => 1000 - 10 * percent;
  const path = (points: readonly [number, number][]): string => points.map(([px, py]) => `${px} ${py}`).join('L');
  const upperEdge = p.points.map(({ step, high }): [number, number] => [x(step), y(high)]);
  const lowerEdge = p.points.toReversed().map(({ step, low }): [number, number] => [x(step), y(low)]);
  return (
    <figure className={styles.followed}>
      <div className={styles.row}>
        <b>By checkpoint</b>
        <TextAction onPress={() => setTable(!isTable)}>{isTable ? 'Show chart' : 'Show table'}</TextAction>
      </div>
      {isTable ? (
        <Table
          label={p.label}
          rows={p.points}
          rowKey={({ step }) => String(step)}
          isDense
          columns={[
            { id: 'step', header: 'Step', cell: ({ step }) => formatCount(step) },
            { id: 'value', header: 'Score', isNumber: true, cell: (point) => shareWords(point) },
          ]}
        />
      ) : (
        <>
          <svg
            viewBox="0 0 1000 1000"
            preserveAspectRatio="none"
            role="img"
            aria-label={`${p.label}: ${p.points.map(({ step, value }) => `step ${formatCount(step)} ${formatNumber(value)} %`).join(', ')}`}
          >
            <path className={styles.band} d={`M${path([...upperEdge, ...lowerEdge])}z`} />
            {p.baseline !== undefined && <path className={styles.dotted} d={`M0 ${y(p.baseline)}H1000`} />}
            <path className={styles.line} d={`M${path(p.points.map(({ step, value }) => [x(step), y(value)]))}`} />
          </svg>
          <span className={styles.axis} aria-hidden>
            <span>{`step ${formatCount(first)}`}</span>
            <span>0 to 100 %</span>
            <span>{formatCount(last)}</span>
          </span>
        </>
      )}
    </figure>
  );
}
