import { useState } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import { METRICS } from '../../core/metrics';
import { type Column, Table, TableToggle } from '../../ui';
import { recorded } from './recorded';
import styles from './RecordedRun.module.css';

/** A recorded run (scripts/firstRun.ts): its curve, and what the model wrote on its way. */
export function RecordedRun() {
  const { title, prompt, points, samples } = recorded;
  const [isTable, setTable] = useState(false);
  return (
    <div className={styles.block}>
      <h2>What you will watch</h2>
      <p className={styles.lead}>
        The beginning of a run on {title}, as it was: the same prompt, <span className={styles.prompt}>{prompt}</span>,
        as the model learns
      </p>
      <p className={styles.toggle}>
        <TableToggle title="recorded run" isTable={isTable} onChange={setTable} />
      </p>
      {isTable ? <Points /> : <Curve />}
      <ol className={styles.samples}>
        {samples.map(({ step, words }) => (
          <li key={step}>
            <span>
              <b>step {formatCount(step)}</b>
              <span>perplexity {perplexityAt(points, step)}</span>
            </span>
            <p dir="auto">{words.replace(/\s+/g, ' ')}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

type Points = typeof recorded.points;
const perplexity = (loss: number): string => formatReading(METRICS.perplexity.scale.of(loss));
const perplexityAt = (points: Points, step: number): string => perplexity(points.find((p) => p.step === step)!.loss);

const COLUMNS: readonly Column<Points[number]>[] = [
  { id: 'step', header: 'Step', isNumber: true, cell: ({ step }) => formatCount(step) },
  { id: 'perplexity', header: 'Perplexity', isNumber: true, cell: ({ loss }) => perplexity(loss) },
];
const Points = () => (
  <div className={styles.table}>
    <Table
      label="Perplexity on the validation set"
      columns={COLUMNS}
      rows={recorded.points}
      rowKey={({ step }) => String(step)}
      isDense
    />
  </div>
);

/** Perplexity falls on a log axis, which is the loss on an even one. */
function Curve() {
  const { points, samples, vocabulary } = recorded;
  const blind = Math.log(vocabulary);
  const most = Math.max(blind, ...points.map(({ loss }) => loss));
  const least = Math.min(...points.map(({ loss }) => loss));
  const room = 0.08 * (most - least);
  const last = points.at(-1)!.step;
  /** In percent of the plot. */
  const y = (loss: number): number => (100 * (most + room - loss)) / (most - least + 2 * room);
  const x = (step: number): number => (100 * step) / last;
  const line = points.map(({ step, loss }, i) => `${i === 0 ? 'M' : 'L'}${10 * x(step)} ${10 * y(loss)}`).join('');
  const marked = points.filter(({ step }) => samples.some((sample) => sample.step === step));
  const dots = marked.map(({ step, loss }) => `M${10 * x(step)} ${10 * y(loss)}h0`).join('');
  const ticks = TICKS.filter((value) => Math.log(value) > least && Math.log(value) < most);
  const words =
    `Perplexity on the validation set: ${perplexity(points[0]!.loss)} at step 0, near a uniform guess, ` +
    `${perplexity(points.at(-1)!.loss)} at step ${formatCount(last)}`;
  return (
    <figure className={styles.figure}>
      <div className={styles.plot} role="img" aria-label={words}>
        <div className={styles.y}>
          {ticks.map((value) => (
            <span key={value} style={{ top: `${y(Math.log(value))}%` }}>
              {formatCount(value)}
            </span>
          ))}
        </div>
        <div className={styles.area}>
          <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden>
            <path className={styles.grid} d={ticks.map((value) => `M0 ${10 * y(Math.log(value))}H1000`).join('')} />
            <path className={styles.reference} d={`M0 ${10 * y(blind)}H1000`} />
            <path className={styles.line} d={line} />
            <path className={styles.halo} d={dots} />
            <path className={styles.dots} d={dots} />
          </svg>
          <span className={styles.blind} style={{ top: `${y(blind)}%` }}>
            uniform guess
          </span>
          <span className={styles.label} style={{ top: `${y(points[Math.floor(points.length / 2)]!.loss)}%` }}>
            perplexity of text held out
          </span>
        </div>
        <div className={styles.x}>
          <span>step 0</span>
          <span>{formatCount(last / 2)}</span>
          <span>{formatCount(last)}</span>
        </div>
      </div>
    </figure>
  );
}
const TICKS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
