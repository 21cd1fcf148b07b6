import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import { METRICS } from '../../core/metrics';
import { cx, Icon, PaneHead, type Column, Table, TableToggle } from '../../ui';
import { FIRST_SHOWN, recorded } from './recorded';
import styles from './RecordedRun.module.css';

const { title, prompt, points, samples, vocabulary } = recorded;
const LAST = samples.length - 1;
/** Milliseconds of a replay, from step 0 to the end. */
const REPLAY_MS = 8000;

/** A recorded run (scripts/firstRun.ts): its sample and its curve under one scrubber. */
export function RecordedRun() {
  const [at, setAt] = useState(FIRST_SHOWN);
  const [isPlaying, setPlaying] = useState(false);
  const [isTable, setTable] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setAt((now) => Math.min(LAST, now + 1)), REPLAY_MS / LAST);
    return () => clearInterval(timer);
  }, [isPlaying]);
  if (isPlaying && at === LAST) setPlaying(false);
  const move = (to: number): void => {
    setPlaying(false);
    setAt(to);
  };
  const play = (): void => {
    setAt(0);
    setPlaying(true);
  };
  const { step, words } = samples[at]!;
  return (
    <>
      <PaneHead
        title="Watch it learn"
        hint={`recorded run on ${title}, ${formatCount(samples[LAST]!.step)} steps`}
        aside={<TableToggle title="recorded run" isTable={isTable} onChange={setTable} />}
      />
      <p className={styles.head}>
        <b>Step 0</b> before training
      </p>
      <p className={styles.noise}>{samples[0]!.words}</p>
      <p className={styles.head}>
        <b>Step {formatCount(step)}</b> perplexity {perplexityAt(step)}: like choosing among{' '}
        {formatCount(Math.round(Math.exp(lossAt(step))))} tokens
      </p>
      {/* Read aloud when a person moves, not while it plays. */}
      <p className={styles.hero} dir="auto" aria-live={isPlaying ? 'off' : 'polite'}>
        <span>{prompt}</span>
        {words.slice(prompt.length)}
      </p>
      {isTable ? <Points /> : <Curve at={at} onMove={move} onPlay={play} />}
    </>
  );
}

const lossAt = (step: number): number => points.find((point) => point.step === step)!.loss;
const perplexity = (loss: number): string => formatReading(METRICS.perplexity.scale.of(loss));
const perplexityAt = (step: number): string => perplexity(lossAt(step));

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

/** Position of a step in percent of the width: the first steps have room. */
const xOf = (step: number): number => (100 * Math.log1p(step / 20)) / Math.log1p(samples[LAST]!.step / 20);
const UNIFORM = Math.log(vocabulary);
const MAX = Math.max(UNIFORM, ...points.map(({ loss }) => loss)) + 0.35;
const MIN = Math.min(...points.map(({ loss }) => loss)) - 0.25;
/** Position of a loss in percent of the height. */
const yOf = (loss: number): number => (100 * (MAX - loss)) / (MAX - MIN);
const Y_TICKS = [20, 50, 100, 200, 500, 1000, 2000].filter((tick) => Math.log(tick) > MIN && Math.log(tick) < MAX);
const X_TICKS = [20, 100, 500, 2000];
const LINE = points.map(({ step, loss }, i) => `${i === 0 ? 'M' : 'L'}${10 * xOf(step)} ${10 * yOf(loss)}`).join('');
const GRID = Y_TICKS.map((tick) => `M0 ${10 * yOf(Math.log(tick))}H1000`).join('');
const LABELED = points.find(({ step }) => step >= 125)!;

/** The curve, with a scrubber over the samples: drag anywhere on it, or use the arrow keys. */
function Curve({ at, onMove, onPlay }: { at: number; onMove: (at: number) => void; onPlay: () => void }) {
  const area = useRef<HTMLDivElement>(null);
  const drag = (event: PointerEvent): void => {
    if (event.buttons !== 1 || !area.current) return;
    const { left, width } = area.current.getBoundingClientRect();
    onMove(nearest((100 * (event.clientX - left)) / width));
  };
  const { step } = samples[at]!;
  const place = { '--x': `${xOf(step)}%`, '--y': `${yOf(lossAt(step))}%` };
  return (
    <figure className={styles.figure} style={place}>
      <button type="button" className={styles.play} aria-label="Play from step 0" onClick={onPlay}>
        <Icon name="play" size={14} />
      </button>
      <div className={styles.area} ref={area} onPointerDown={drag} onPointerMove={drag}>
        <div className={styles.scrubber}>
          {samples.map((sample) => (
            <i key={sample.step} className={styles.stop} style={{ left: `${xOf(sample.step)}%` }} />
          ))}
          <input
            type="range"
            min={0}
            max={LAST}
            value={at}
            aria-label="Step of the sample"
            aria-valuetext={`Step ${formatCount(step)}, perplexity ${perplexityAt(step)}`}
            onChange={(event) => onMove(event.currentTarget.valueAsNumber)}
          />
          <span className={styles.knob} />
        </div>
        <div className={styles.plot}>
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
          <span key={tick} className={cx(tick === 20 && styles.wide)} style={{ left: `${xOf(tick)}%` }}>
            {formatCount(tick)}
          </span>
        ))}
        <span className={styles.end}>{formatCount(samples[LAST]!.step)}</span>
      </div>
    </figure>
  );
}

/** @returns the index of the sample nearest to a position in percent of the width */
function nearest(x: number): number {
  const distances = samples.map(({ step }) => Math.abs(xOf(step) - x));
  return distances.indexOf(Math.min(...distances));
}
