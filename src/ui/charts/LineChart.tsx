import { memo, useState, type ReactNode } from 'react';
import { TextAction } from '../Button';
import { cx } from '../cx';
import { formatReading } from '../../core/base/units';
import { formatExact } from '../numbers';
import { Swatch } from '../Swatch';
import { Table, type Column } from '../Table';
import { nearest } from './columns';
import type { Tick } from '../../core/charts/svg';
import { PlotArea, type PlotProps } from './PlotArea';
import { extent, type LinearScale, scaleAround, type Scale } from '../../core/charts/scale';
import { useAtMost, useDrawingInterval } from './surroundings';
import { linearTicks, logTicks } from '../../core/charts/ticks';
import type { Band, Change, FootMark, Line, Reference } from './types';
import { formatTick } from './words';
import { TermLabel } from '../Term';
import styles from './LineChart.module.css';

interface LineChartProps {
  title: string;
  /** Secondary text after the title. */
  hint?: ReactNode;
  lines: readonly Line[];
  /** Legend above the plot, for lines that end early: none by default. */
  keys?: readonly Pick<Line, 'id' | 'label' | 'run'>[];
  /** Word on the first tick of x: `step`. */
  xWord?: string;
  /** Right end of x, if the lines end before it. */
  xMax?: number;
  /** Log scale for y. */
  isLog?: boolean;
  /** Range of y, if known better than from the lines. */
  y?: { min: number; max: number };
  references?: readonly Reference[];
  bands?: readonly Band[];
  marks?: readonly FootMark[];
  changes?: readonly Change[];
  /** Caption under the plot: what the chart shows, in words. */
  caption: ReactNode;
  /** Settings row, before Show table. */
  settings?: ReactNode;
  /** Minimum height in px; the plot grows if its container allows. */
  minHeight?: number;
  /** Width in px at the right of the plot for labels at line ends. */
  labelRoom?: number;
  /** Charts with the same key share their cursor. */
  syncKey?: string;
  describeX?: (x: number) => string;
  describeY?: (y: number) => string;
  detailY?: (y: number) => string;
  xTicks?: PlotProps['xTicks'];
  rightAxis?: PlotProps['rightAxis'];
  /** Replaces the table built from the lines. */
  table?: ReactNode;
  /**
   * Shows only a title with its newest value over a low plot, for three in a row below a large one. References are
   * listed below.
   */
  small?: { value: string };
  /** Whether the reel above it shows one of its steps: title, keys and actions are below the plot. */
  isUnderReel?: boolean;
  /** Identity of the charted object: a change redraws at once. */
  subject?: unknown;
  /** Name of the charted object, for an exported picture: `moby-dick-1`. */
  owner?: string;
}

/** Figure with head, plot and caption. The table replaces the plot and is what screen readers get. */
export function LineChart(props: LineChartProps) {
  const urgent = JSON.stringify([props.isLog, props.lines.map((line) => line.id)]);
  return <LineFigure {...useAtMost(props, useDrawingInterval(), props.subject, urgent)} />;
}

/** `LineChart` without the limit on redraws. */
export const LineFigure = memo(function LineFigure(p: LineChartProps) {
  const [isTable, setTable] = useState(false);
  const [hasSettings, setHasSettings] = useState(!p.isUnderReel);
  const x = xScale(p);
  const y: Scale = p.y ? { ...p.y, isLog: p.isLog ?? false } : yScale(p);
  const describeX = p.describeX ?? ((value: number) => `${p.xWord ?? 'step'} ${formatExact(value, 6)}`);
  const describeY = p.describeY ?? formatReading;
  const toggle = <TextAction onPress={() => setTable(!isTable)}>{isTable ? 'Show chart' : 'Show table'}</TextAction>;
  const small = p.small;
  const xTicks = p.xTicks ?? ((width: number) => xTicksOf(x, width, p.xWord));
  const yTicks = (height: number): readonly Tick[] => yTicksOf(y, height);
  const save = (): void => {
    const { lines, references = [] } = p;
    const title = p.owner === undefined ? p.title : `${p.title} of ${p.owner}`;
    const caption = typeof p.caption === 'string' ? p.caption : '';
    const chart = { title, caption, lines, references, x, y, xTicks, yTicks, describeY };
    void import('./picture').then(({ savePicture }) => savePicture(chart));
  };
  const title = <TermLabel>{p.title}</TermLabel>;
  const head = (
    <div className={styles.head}>
      {small ? <span className={styles.name}>{title}</span> : <b>{title}</b>}
      {p.hint !== undefined && <span>{p.hint}</span>}
      {p.keys && <Keys keys={p.keys} />}
      <span className={styles.grow} />
      {p.settings !== undefined && hasSettings && <span className={styles.settings}>{p.settings}</span>}
      <span className={styles.acts}>
        {small ? isTable ? toggle : <b>{small.value}</b> : toggle}
        {!small && !isTable && p.lines.length > 0 && <TextAction onPress={save}>Save picture</TextAction>}
        {p.settings !== undefined && p.isUnderReel && (
          <TextAction isExpanded={hasSettings} onPress={() => setHasSettings(!hasSettings)}>
            Chart options
          </TextAction>
        )}
      </span>
    </div>
  );
  return (
    <figure className={cx(styles.figure, small && styles.small, p.isUnderReel && styles.underReel)}>
      {!p.isUnderReel && head}
      {isTable ? (
        <div className={styles.table} tabIndex={0} role="group" aria-label={`${p.title}, as a table`}>
          {p.table ?? <LineTable p={p} describeX={describeX} describeY={describeY} />}
        </div>
      ) : (
        <PlotArea
          label={small ? `${p.title}, now ${small.value}` : p.title}
          lines={p.lines}
          x={x}
          y={y}
          xTicks={xTicks}
          yTicks={yTicks}
          {...(p.rightAxis && { rightAxis: p.rightAxis })}
          references={p.references ?? []}
          bands={p.bands ?? []}
          marks={p.marks ?? []}
          changes={p.changes ?? []}
          minHeight={p.minHeight ?? (small ? 72 : 184)}
          labelRoom={p.labelRoom ?? 0}
          isSmall={small !== undefined}
          describeX={describeX}
          describeY={describeY}
          {...(p.detailY && { detailY: p.detailY })}
          syncKey={p.syncKey}
          onTable={() => setTable(true)}
          isUnderReel={p.isUnderReel ?? false}
        />
      )}
      {p.isUnderReel && head}
      {small && <References references={p.references ?? []} describeY={describeY} />}
      <figcaption className={small ? styles.hidden : styles.caption}>{p.caption}</figcaption>
    </figure>
  );
});

/** Lists the reference lines that have a long label. */
const References = (p: { references: readonly Reference[]; describeY: (y: number) => string }) => {
  const labeled = p.references.filter(({ longLabel }) => longLabel !== undefined);
  if (labeled.length === 0) return null;
  return (
    <p className={styles.caption}>
      {labeled.map(({ value, longLabel }) => `${longLabel} ${p.describeY(value)}`).join(', ')}
    </p>
  );
};

const Keys = ({ keys }: { keys: readonly Pick<Line, 'id' | 'label' | 'run'>[] }) => (
  <span className={styles.keys}>
    {keys.map(({ id, label, run }) => (
      <span key={id}>
        <Swatch run={run} />
        {label}
      </span>
    ))}
  </span>
);

function xScale({ lines, xMax }: LineChartProps): LinearScale {
  const ends = lines.filter((line) => line.x.length > 0).flatMap((line) => [line.x[0]!, line.x[line.x.length - 1]!]);
  if (xMax !== undefined) ends.push(xMax);
  const min = ends.length === 0 ? 0 : Math.min(...ends, 0);
  const max = ends.length === 0 ? 1 : Math.max(...ends);
  return { min, max: max > min ? max : min + 1 };
}

function yScale({ lines, references, isLog }: LineChartProps): Scale {
  const values = lines.flatMap((line) => extent(line.y));
  return scaleAround([...values, ...(references ?? []).map((reference) => reference.value)], isLog ?? false);
}

function xTicksOf(x: LinearScale, width: number, word = 'step'): Tick[] {
  const count = Math.max(2, Math.floor(width / 88));
  const values = linearTicks(x.min, x.max, count);
  return values.map((value, index) => ({
    value,
    label: index === 0 && width > 300 ? `${word} ${formatTick(value)}` : formatTick(value),
  }));
}

function yTicksOf(y: Scale, height: number): Tick[] {
  const max = Math.max(2, Math.floor(height / 36));
  const values = y.isLog ? logTicks(y.min, y.max, max) : linearTicks(y.min, y.max, Math.min(6, max));
  return values.map((value) => ({ value, label: formatTick(value) }));
}

/** Maximum number of rows: all points of each line, or every nth. */
const ROWS = 1000;

function LineTable(q: { p: LineChartProps; describeX: (x: number) => string; describeY: (y: number) => string }) {
  const lines = q.p.lines.filter((line) => !line.isSilent);
  const all = new Set<number>();
  for (const line of lines) {
    const every = Math.ceil(line.x.length / ROWS);
    for (let i = 0; i < line.x.length; i += every) all.add(line.x[i]!);
  }
  const rows = [...all].sort((a, b) => a - b);
  const columns: Column<number>[] = [
    { id: 'x', header: q.p.xWord ?? 'step', cell: q.describeX },
    ...lines.map((line): Column<number> => ({
      id: line.id,
      header: <>{line.label}</>, // may be the name of a run
      isNumber: true,
      cell: (x) => {
        const at = nearest(line.x, x);
        if (at < 0 || line.x[at] !== x) return '–';
        const { low, high } = line;
        const interval = low && high ? `, ${q.describeY(low[at]!)} to ${q.describeY(high[at]!)}` : '';
        return q.describeY(line.y[at]!) + interval;
      },
    })),
  ];
  return <Table label={q.p.title} columns={columns} rows={rows} rowKey={String} isDense />;
}

/** Small chart with a title, the newest value, and the curve: learning rate, gradient norm, tokens per second. */
export function SmallChart({
  value,
  ...chart
}: Omit<LineChartProps, 'small' | 'settings' | 'hint' | 'keys'> & { value: string }) {
  return <LineChart {...chart} small={{ value }} />;
}
/** Up to three small charts in a row. */
export const SmallCharts = ({ children }: { children: ReactNode }) => <div className={styles.row}>{children}</div>;
