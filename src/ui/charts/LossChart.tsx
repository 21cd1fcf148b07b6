import { memo, useMemo, type ReactNode } from 'react';
import { Segmented } from '../Segmented';
import { Slider } from '../Slider';
import { formatReading } from '../../core/base/units';
import { formatExact } from '../numbers';
import { Table } from '../Table';
import { nearest } from './columns';
import { LineFigure } from './LineChart';
import type { Tick } from '../../core/charts/svg';
import { along, earlyPlace, earlyStep, extent, scaleAround, type Scale } from '../../core/charts/scale';
import { smooth, smoothingWindow } from './smoothing';
import { useAtMost, useDrawingInterval } from './surroundings';
import { earlyTicks, linearTicks, timeTicks } from '../../core/charts/ticks';
import type {
  Band,
  Change,
  ChartSettings,
  FootMark,
  Line,
  LossAxis,
  LossColumns,
  LossReading,
  Numbers,
  Reference,
} from './types';
import { captionOf, formatShortCount, formatSeconds, formatX, tickX } from './words';
import styles from './LossChart.module.css';

interface LossChartProps {
  /** Unit of the left axis. */
  reading: LossReading;
  /** Loss of each step, in nats per token. */
  training: LossColumns;
  validation: LossColumns;
  /** Losses of the parent run before the fork, drawn fainter. */
  before?: { training: LossColumns; validation: LossColumns } | undefined;
  /** Forecast of the validation loss to the end, dashed, with its 80 % band. */
  forecast?: (LossColumns & { low: Numbers; high: Numbers }) | undefined;
  /** Reference losses in nats (ln V, unigram), with the steps between which they apply. */
  references?: readonly (Omit<Reference, 'value'> & { loss: number })[];
  /** Steps where the data change: curves restart. */
  changes?: readonly Change[];
  /** Steps of the whole plan: the right end of the axis. */
  plannedSteps: number;
  settings: ChartSettings;
  /** Without it, the settings row is omitted. */
  onSettings?: (settings: ChartSettings) => void;
  /** Steps undone after a failure, from the last save to the failure; the columns must not contain them. */
  undone?: Omit<Band, 'tone'> | undefined;
  /** Failures that were recovered from, and other events, by step. */
  marks?: readonly FootMark[];
  caption?: ReactNode;
  minHeight?: number;
  syncKey?: string;
  /** Whether the reel above it shows one of its steps. */
  isUnderReel?: boolean;
  /** Identity of the charted run: a change redraws at once. */
  subject?: unknown;
  /** Name of the run, for an exported picture. */
  owner?: string;
}

/** Loss chart: the chosen unit on the left axis, nats on the right, for the same curve. */
export function LossChart(props: LossChartProps) {
  const p = useAtMost(props, useDrawingInterval(), props.subject, props.settings);
  return <LossFigure p={p} chosen={props.settings} onSettings={props.onSettings} />;
}

/** Memoized, so that it redraws only for new props, however often the page renders. */
const LossFigure = memo(function LossFigure({
  p,
  chosen,
  onSettings,
}: {
  p: LossChartProps;
  chosen: ChartSettings;
  onSettings: LossChartProps['onSettings'];
}) {
  const chart = useMemo(() => lossLines(p), [p]);
  const { settings, references = [] } = p;
  const axis = settings.x;
  const x = (step: number) => chart.atStep(step);
  const { reading } = p;
  const { scale } = reading;
  const nats = (value: number) => `${scale.loss(value).toFixed(2)} nats`;
  const bands: Band[] = p.undone ? [{ ...p.undone, from: x(p.undone.from), to: x(p.undone.to), tone: 'error' }] : [];
  return (
    <LineFigure
      title={reading.label}
      {...(p.owner !== undefined && { owner: p.owner })}
      keys={[
        { id: 'validation', label: 'validation', run: 2 },
        { id: 'training', label: 'training', run: 1 },
      ]}
      lines={chart.lines}
      xMax={chart.xMax}
      isLog={settings.isLog}
      y={chart.y}
      references={references.map(({ loss, from, until, ...words }) => ({
        value: scale.of(loss),
        ...words,
        ...(from !== undefined && { from: x(from) }),
        ...(until !== undefined && { until: x(until) }),
      }))}
      bands={bands}
      changes={(p.changes ?? []).map((change) => ({ ...change, x: x(change.x) }))}
      marks={(p.marks ?? []).map((mark) => ({ ...mark, x: x(mark.x) }))}
      caption={p.caption ?? chart.caption}
      settings={onSettings && <SettingsRow settings={chosen} onSettings={onSettings} />}
      minHeight={p.minHeight ?? 240}
      describeX={chart.describeX}
      describeY={formatReading}
      detailY={nats}
      xTicks={(width) => {
        if (axis === 'early') {
          const steps = earlyTicks(p.plannedSteps, 48 / Math.max(1, width));
          return steps.map((step, i) => ({ value: earlyPlace(step), label: tickX.step(step, i === 0) }));
        }
        const count = Math.max(2, Math.floor(width / 88));
        const values = axis === 'time' ? timeTicks(chart.xMax, count) : linearTicks(0, chart.xMax, count);
        return values.map((value, index) => ({ value, label: tickX[axis](value, index === 0) }));
      }}
      rightAxis={{
        word: 'nats',
        ticks: (height) => natTicks(chart.y, scale, height),
      }}
      table={<LossTable p={p} smoothed={chart.smoothed} />}
      {...(p.syncKey !== undefined && { syncKey: p.syncKey })}
      {...(p.isUnderReel && { isUnderReel: true })}
    />
  );
});

/** Ticks at round losses in nats, from the top, below the axis word, where labels have room. */
function natTicks(y: Scale, { of, loss: inverse }: LossReading['scale'], height: number): Tick[] {
  const losses = linearTicks(inverse(Math.max(y.min, of(0))), inverse(y.max), Math.min(6, Math.max(3, height / 40)));
  let last = 14;
  return losses.reverse().flatMap((loss) => {
    const top = height * (1 - along(y, of(loss)));
    if (top < last + 14) return [];
    last = top;
    return [{ value: of(loss), label: String(loss) }];
  });
}

/** Settings row of the page: smoothing, horizontal axis, vertical scale. */
function SettingsRow(p: { settings: ChartSettings; onSettings: (settings: ChartSettings) => void }) {
  const { settings, onSettings } = p;
  return (
    <>
      <span className={styles.smoothing}>
        <Slider
          layout="inline"
          label="Smoothing"
          min={0}
          max={3}
          step={0.05}
          // Linear in the logarithm of the window: 1, 10, 100, 1,000 steps.
          value={-Math.log10(1 - settings.smoothing)}
          spoken={`${smoothingWindow(settings.smoothing)} steps`}
          onChange={(decades) => onSettings({ ...settings, smoothing: 1 - 10 ** -decades })}
        />
      </span>
      <Segmented
        label="Horizontal axis"
        value={settings.x}
        onChange={(axis) => onSettings({ ...settings, x: axis })}
        options={[
          { value: 'early', label: 'Log step' },
          { value: 'step', label: 'Step' },
          { value: 'tokens', label: 'Tokens' },
          { value: 'time', label: 'Time' },
        ]}
      />
      <Segmented
        label="Vertical scale"
        value={settings.isLog ? 'log' : 'linear'}
        onChange={(scale) => onSettings({ ...settings, isLog: scale === 'log' })}
        options={[
          { value: 'log', label: 'Log' },
          { value: 'linear', label: 'Linear' },
        ]}
      />
    </>
  );
}

type Steps = Pick<LossColumns, 'step' | 'tokens' | 'seconds'>;

const columnOf = (columns: Steps, axis: LossAxis): Numbers =>
  axis === 'early'
    ? mapped(columns.step, earlyPlace)
    : ((axis === 'tokens' ? columns.tokens : axis === 'time' ? columns.seconds : undefined) ?? columns.step);

/** Position of a step on an axis. Missing tokens or times, measured or future, are extrapolated. */
function valueAt(training: Steps, axis: LossAxis): (step: number) => number {
  const last = training.step.length - 1;
  if (axis === 'early') return earlyPlace;
  if (axis === 'step' || last < 0) return (step) => step;
  const column = columnOf(training, axis);
  return (step) =>
    step <= training.step[last]!
      ? column[nearest(training.step, step)]!
      : (column[last]! * step) / Math.max(1, training.step[last]!);
}

const rightEnd = (atStep: (step: number) => number, plannedSteps: number): number =>
  Math.max(atStep(plannedSteps), 1e-9);

/** Share of the horizontal axis at which a step lies. */
export function stepPlace(training: Steps, axis: LossAxis, plannedSteps: number): (step: number) => number {
  const atStep = valueAt(training, axis);
  const right = rightEnd(atStep, plannedSteps);
  return (step) => Math.min(1, atStep(step) / right);
}

/** Index of the first value above `limit` in an ascending column, or its length. */
const firstAfter = (column: Numbers, limit: number): number => {
  const at = nearest(column, limit);
  return at >= 0 && column[at]! <= limit ? at + 1 : Math.max(0, at);
};

/** Maps a column with a loop, because `Float64Array.from` is 20 times slower. */
function mapped(column: Numbers, of: (value: number) => number): Float64Array {
  const values = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) values[i] = of(column[i]!);
  return values;
}

/** Upper limit of the axis: the loss of a diverging run exceeds all bounds. */
const HIGHEST = 1e9;
/** Leaves the infinite ends of an empty column unchanged. */
const capped = (value: number): number => (Number.isFinite(value) ? Math.min(value, HIGHEST) : value);

function lossLines(p: LossChartProps) {
  const { training, validation, forecast, settings, references = [], changes = [], reading } = p;
  const { of } = reading.scale;
  const axis = settings.x;
  const atStep = valueAt(training, axis);
  const trainingX = columnOf(training, axis);
  const words = axis === 'early' ? 'step' : axis;
  const placed = (columns: LossColumns): Numbers => {
    const column = columnOf(columns, axis);
    return column === columns.step && axis !== 'step' ? Array.from(columns.step, atStep) : column;
  };
  const startsOf = ({ step }: LossColumns): readonly number[] => changes.map((change) => firstAfter(step, change.x));
  /** Lines of the parent run: same form as the run's own, fainter. */
  const inheritedLines = ({ training, validation }: NonNullable<LossChartProps['before']>): Line[] => {
    const faint = { label: '', form: 'thin', isFaint: true, isSilent: true } as const;
    const starts = { training: startsOf(training), validation: startsOf(validation) };
    const trained = mapped(smooth(training.loss, settings.smoothing, starts.training), of);
    const held = mapped(validation.loss, of);
    return [
      { ...faint, id: 'training before', run: 1, x: placed(training), y: trained, starts: starts.training },
      { ...faint, id: 'validation before', run: 2, x: placed(validation), y: held, starts: starts.validation },
    ];
  };
  const [trainingStarts, validationStarts] = [startsOf(training), startsOf(validation)];
  const smoothed = mapped(smooth(training.loss, settings.smoothing, trainingStarts), of);
  const raw = mapped(training.loss, of);
  const held = mapped(validation.loss, of);
  const expected = forecast && mapped(forecast.loss, of);
  const trained = { run: 1, x: trainingX, starts: trainingStarts } as const;
  const inherited = p.before ? inheritedLines(p.before) : [];
  const lines: Line[] = [
    ...inherited,
    { id: 'raw', label: '', ...trained, y: raw, form: 'raw', isSilent: true },
    { id: 'training', label: 'training', ...trained, y: smoothed, form: 'thin' },
    {
      id: 'validation',
      label: 'validation',
      run: 2,
      x: placed(validation),
      y: held,
      hasPoints: true,
      starts: validationStarts,
    },
  ];
  if (expected) {
    const [low, high] = [mapped(forecast.low, of), mapped(forecast.high, of)];
    lines.push({
      id: 'expected',
      label: 'expected',
      run: 2,
      x: placed(forecast),
      y: expected,
      low,
      high,
      form: 'expected',
    });
  }

  const [rawLow] = extent(raw);
  const ends = [smoothed, held, expected ?? [], ...inherited.map((line) => line.y)].flatMap((values) => extent(values));
  const y: Scale = scaleAround(
    [rawLow, ...ends, ...references.map(({ loss }) => of(loss))].map(capped),
    settings.isLog,
    p.isUnderReel ? 0.12 : 0.05, // the topmost tick keeps clear of the reel's button
  );
  const lastHeld = validation.loss.length - 1;
  const lastTrained = training.loss.length - 1;
  const caption = captionOf({
    x: words,
    name: reading.name,
    ...(lastHeld >= 0 && {
      validation: {
        at: axis === 'early' ? validation.step[lastHeld]! : placed(validation)[lastHeld]!,
        value: held[lastHeld]!,
        ...(!validationStarts.includes(lastHeld) && { before: held[lastHeld - 1] }),
      },
    }),
    ...(lastTrained >= 0 && {
      training: { value: smoothed[lastTrained]!, window: smoothingWindow(settings.smoothing) },
    }),
    references: references
      .filter(({ until }) => until === undefined)
      .map(({ label, loss }) => ({ label, value: of(loss) })),
    isUndone: p.undone !== undefined,
  });
  const describeX = (value: number): string => {
    const at = nearest(trainingX, value);
    if (at < 0) return formatX[words](Math.round(axis === 'early' ? earlyStep(value) : value));
    const readings = [
      formatX.step(training.step[at]!),
      training.tokens && formatX.tokens(training.tokens[at]!),
      training.seconds && formatX.time(training.seconds[at]!),
    ];
    return readings.filter((reading) => reading !== undefined).join(' · ');
  };
  return { lines, y, xMax: rightEnd(atStep, p.plannedSteps), smoothed, caption, atStep, describeX };
}

/** Rows at the evaluations, newest first; without any, at about 200 training steps. */
function LossTable({ p, smoothed }: { p: LossChartProps; smoothed: Float64Array }) {
  const { training, validation, reading } = p;
  const formatted = (loss: number | undefined): string =>
    loss === undefined ? '–' : formatReading(reading.scale.of(loss));
  const every = Math.ceil(training.step.length / 200);
  const steps =
    validation.step.length > 0
      ? Array.from(validation.step)
      : Array.from(training.step).filter((_, index) => index % every === 0);
  const held = (step: number) => validation.loss[Array.prototype.indexOf.call(validation.step, step)];
  const trained = (step: number) => nearest(training.step, step);
  return (
    <Table
      label={`${reading.label} by step`}
      isDense
      rows={steps.reverse()}
      rowKey={String}
      columns={[
        { id: 'step', header: 'Step', cell: (step) => formatExact(step) },
        {
          id: 'tokens',
          header: 'Tokens',
          isNumber: true,
          leaveOut: 'phone',
          cell: (step) => cellOf(training.tokens, trained(step), formatShortCount),
        },
        {
          id: 'time',
          header: 'Time',
          isNumber: true,
          leaveOut: 'phone',
          cell: (step) => cellOf(training.seconds, trained(step), formatSeconds),
        },
        { id: 'validation', header: 'Validation', isNumber: true, cell: (step) => formatted(held(step)) },
        { id: 'nats', header: 'Nats', isNumber: true, isQuiet: true, cell: (step) => held(step)?.toFixed(3) ?? '–' },
        {
          id: 'training',
          header: 'Training, smoothed',
          isNumber: true,
          cell: (step) => cellOf(smoothed, trained(step), formatReading),
        },
      ]}
    />
  );
}
const cellOf = (column: Numbers | undefined, at: number, format: (value: number) => string): string => {
  const value = column?.[at];
  return value === undefined ? '–' : format(value);
};
