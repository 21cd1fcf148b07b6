import { useState } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import { METRICS } from '../../core/metrics';
import { type Column, cx, earlyPlace, PaneHead, Reel, type ReelSample, Table, TableToggle, useReel } from '../../ui';
import { FIRST_SHOWN, recorded } from './recorded';
import styles from './RecordedRun.module.css';

const { title, prompt, points, samples, vocabulary } = recorded;
const LAST_STEP = samples.at(-1)!.step;

/** Recorded run (scripts/firstRun.ts): its sample and its curve with a shared scrubber. */
export function RecordedRun() {
  const [isTable, setTable] = useState(false);
  const state = useReel(samples.length, FIRST_SHOWN);
  const { step } = samples[state.at]!;
  return (
    <>
      <PaneHead
        title="Watch it learn"
        hint={`recorded run on ${title}, ${formatCount(LAST_STEP)} steps`}
        aside={<TableToggle title="recorded run" isTable={isTable} onChange={setTable} />}
      />
      <Reel
        samples={REEL}
        state={state}
        place={place}
        form="compact"
        isPlain
        meaning={`like choosing among ${formatCount(Math.round(Math.exp(lossAt(step))))} tokens`}
        before={
          <>
            <p className={styles.head}>
              <b>Step 0</b> before training
            </p>
            <p className={styles.noise} translate="no">
              {samples[0]!.words}
            </p>
          </>
        }
      >
        {isTable ? <Points /> : <Curve step={step} />}
      </Reel>
    </>
  );
}

const lossAt = (step: number): number => points.find((point) => point.step === step)!.loss;
const perplexity = (loss: number): string => formatReading(METRICS.perplexity.scale.of(loss));
const REEL: readonly ReelSample[] = samples.map(({ step, words }) => ({
  step,
  result: `perplexity ${perplexity(lossAt(step))}`,
  pieces: [
    { text: prompt, is: 'given' },
    { text: words.slice(prompt.length), is: 'made' },
  ],
}));

const COLUMNS: readonly Column<(typeof points)[number]>[] = [
  { id: 'step', header: 'Step', isNumber: true, cell: ({ step }) => formatCount(step) },
  { id: 'perplexity', header: 'Perplexity', isNumber: true, cell: ({ loss }) => perplexity(loss) },
];
const Points = () => (
  <div className={styles.table}>
    <Table
      label="Perplexity on the validation set"
      columns={COLUMNS}
      rows={points}
      rowKey={({ step }) => String(step)}
      isDense
    />
  </div>
);

/** Position of a step as a share of the width. */
const place = (step: number): number => earlyPlace(step) / earlyPlace(LAST_STEP);
const xOf = (step: number): number => 100 * place(step);
const UNIFORM = Math.log(vocabulary);
const MAX = Math.max(UNIFORM, ...points.map(({ loss }) => loss)) + 0.35;
const MIN = Math.min(...points.map(({ loss }) => loss)) - 0.25;
/** Position of a loss, in percent of the height from the top. */
const yOf = (loss: number): number => (100 * (MAX - loss)) / (MAX - MIN);
const Y_TICKS = [20, 50, 100, 200, 500, 1000, 2000].filter((tick) => Math.log(tick) > MIN && Math.log(tick) < MAX);
const X_TICKS = [20, 100, 500, 2000];
const LINE = points.map(({ step, loss }, i) => `${i === 0 ? 'M' : 'L'}${10 * xOf(step)} ${10 * yOf(loss)}`).join('');
const GRID = Y_TICKS.map((tick) => `M0 ${10 * yOf(Math.log(tick))}H1000`).join('');
const LABELED = points.find(({ step }) => step >= 50)!;

/** Curve below the scrubber. */
function Curve({ step }: { step: number }) {
  return (
    <figure className={styles.figure} style={{ '--y': `${yOf(lossAt(step))}%` }}>
      <div className={styles.plot} data-axis>
        <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden>
          <path className={styles.grid} d={GRID} />
          <path className={styles.line} d={LINE} />
        </svg>
        <span className={styles.label} style={{ left: `${xOf(LABELED.step) + 2}%`, top: `${yOf(LABELED.loss)}%` }}>
          perplexity on chapters it never saw
        </span>
        <i className={styles.cursor} />
        <i className={styles.dot} />
      </div>
      <div className={styles.y} aria-hidden>
        {Y_TICKS.map((tick) => (
          <span key={tick} style={{ top: `${yOf(Math.log(tick))}%` }}>
            {formatCount(tick)}
          </span>
        ))}
      </div>
      <div className={styles.x} aria-hidden>
        <span className={styles.start}>step 0</span>
        {X_TICKS.map((tick) => (
          <span
            key={tick}
            className={cx((tick === 20 || tick === 2000) && styles.wide)}
            style={{ left: `${xOf(tick)}%` }}
          >
            {formatCount(tick)}
          </span>
        ))}
        <span className={styles.end}>{formatCount(LAST_STEP)}</span>
      </div>
    </figure>
  );
}
