import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cx } from '../cx';
import { runColor } from '../runColor';
import { Swatch } from '../Swatch';
import { useCanvas, type Drawing } from './canvas';
import { nearest } from './columns';
import { alongLine, endPlaces, placeReadout, referencePlaces } from './labels';
import { along, type LinearScale, type Scale } from '../../core/charts/scale';
import type { Tick } from '../../core/charts/svg';
import { useSize } from './surroundings';
import type { Band, Change, FootMark, Line, Reference } from './types';
import styles from './PlotArea.module.css';

export interface PlotProps {
  /** Name and caption of the chart, for screen readers. */
  label: string;
  lines: readonly Line[];
  x: LinearScale;
  y: Scale;
  /** Returns the ticks for a plot of this width or height in px. */
  xTicks: (width: number) => readonly Tick[];
  yTicks: (height: number) => readonly Tick[];
  /** Second unit of the same axis, at the right. */
  rightAxis?: { word: string; ticks: (height: number) => readonly Tick[] };
  references: readonly Reference[];
  bands: readonly Band[];
  marks: readonly FootMark[];
  changes: readonly Change[];
  /** Minimum height in px; the plot grows if its container allows. */
  minHeight: number;
  /** Width in px at the right of the plot for labels at line ends. */
  labelRoom: number;
  /** Without labels at line ends and without a readout. */
  isSmall: boolean;
  describeX: (x: number) => string;
  describeY: (y: number) => string;
  /** Describes a value in the second unit: `4.50 nats`. */
  detailY?: (y: number) => string;
  syncKey: string | undefined;
  /** Called on the T key, to show the table. */
  onTable: () => void;
  /** Whether a line marks the reel's step, and a drag moves it. */
  isUnderReel: boolean;
}

/** Plot: a canvas for the curves, elements for all text, and one cursor for the mouse and the arrow keys. */
export function PlotArea(p: PlotProps) {
  const { ref: area, size } = useSize<HTMLDivElement>();
  const [cursor, setCursor] = useState<number>();
  const [spoken, setSpoken] = useState('');
  const xTicks = p.xTicks(size.width);
  const yTicks = p.yTicks(size.height);
  const leftRoom = Math.max(MIN_LEFT_ROOM, ...yTicks.map(({ label }) => 10 + CHARACTER_WIDTH * label.length));
  const drawing = useMemo<Drawing>(() => {
    const { lines, x, y, references, bands, marks, changes } = p;
    const yTicks = p.yTicks(size.height).map((tick) => tick.value);
    return { lines, x, y, references, bands, marks, changes, yTicks, ...size };
  }, [p, size]);
  const plot = useCanvas(area, drawing, p.syncKey, setCursor);

  const moveTo = (x: number | undefined) => {
    const over = plot.current?.over;
    if (!over) return;
    const box = over.getBoundingClientRect();
    const left = x === undefined ? -10 : box.left + box.width * along(p.x, x);
    // Sends a mouse event, so that the charts that share the cursor follow.
    const type = x === undefined ? 'mouseleave' : 'mousemove';
    over.dispatchEvent(new MouseEvent(type, { clientX: left, clientY: box.top + box.height / 2, bubbles: true }));
    const rows = x === undefined ? [] : readingsAt(p.lines, x, p.x);
    setSpoken(
      x === undefined
        ? ''
        : [p.describeX(x), ...rows.map((row) => `${row.line.label} ${p.describeY(row.y)}`)].join(', '),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const column = p.lines.find((line) => !line.isSilent && line.form !== 'expected')?.x ?? p.lines[0]?.x ?? [];
    const last = column.length - 1;
    const stride = (event.shiftKey ? 10 : 1) * Math.max(1, Math.round(column.length / 200));
    const at = cursor === undefined ? undefined : nearest(column, cursor);
    const targets: Record<string, number> = {
      ArrowLeft: at === undefined ? last : at - stride,
      ArrowRight: at === undefined ? 0 : at + stride,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (target !== undefined && last >= 0) moveTo(column[Math.min(last, Math.max(0, target))]);
    else if (event.key === 'Escape' && cursor !== undefined) moveTo(undefined);
    else if (event.key.toLowerCase() === 't') p.onTable();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      className={styles.plot}
      style={{
        '--height': `${p.minHeight}px`,
        '--left': `${leftRoom}px`,
        '--right': `${p.rightAxis ? 28 : p.labelRoom}px`,
      }}
      role="group"
      aria-roledescription="chart"
      aria-label={p.label}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <Ticks place="y" ticks={yTicks} scale={p.y} />
      <div
        className={cx(styles.area, p.rightAxis && styles.boxed)}
        ref={area}
        aria-hidden
        {...(p.isUnderReel && { 'data-axis': true })}
      >
        {p.isUnderReel && <i className={styles.shown} />}
        {size.width > 0 && <Words plot={p} {...size} />}
        {!p.isSmall && cursor !== undefined && <Readout plot={p} cursor={cursor} {...size} />}
      </div>
      {p.rightAxis && <Ticks place="y2" ticks={p.rightAxis.ticks(size.height)} scale={p.y} word={p.rightAxis.word} />}
      <Ticks place="x" ticks={xTicks} scale={p.x} />
      <output className={styles.spoken}>{spoken}</output>
    </div>
  );
}

function Ticks(p: { place: 'x' | 'y' | 'y2'; ticks: readonly Tick[]; scale: Scale; word?: string }) {
  return (
    <div className={styles[p.place]} aria-hidden>
      {p.word && <em>{p.word}</em>}
      {p.ticks.map(({ value, label }, index) => {
        const share = along(p.scale, value);
        if (share < -0.001 || share > 1.001) return null;
        const place = p.place === 'x' ? { left: `${100 * share}%` } : { top: `${100 * (1 - share)}%` };
        const end = p.place !== 'x' ? undefined : share < 0.001 ? styles.first : share > 0.97 ? styles.last : undefined;
        return (
          <span
            key={value}
            style={place}
            className={cx(end, p.place === 'x' && p.ticks.length > FEW_TICKS && index % 2 === 1 && styles.odd)}
          >
            {label}
          </span>
        );
      })}
    </div>
  );
}

/** Minimum width in px left of the plot; wider only for wide labels, so that the axes of most charts line up. */
const MIN_LEFT_ROOM = 44;
/** Width in px of a digit of a tick label. */
const CHARACTER_WIDTH = 6.5;

/** Maximum number of ticks on a phone. */
const FEW_TICKS = 3;

/** Labels of reference lines, bands, marks and line ends. */
function Words({ plot: p, width, height }: { plot: PlotProps; width: number; height: number }) {
  const ends = p.isSmall ? [] : endLabels(p, width, height);
  const references = p.isSmall ? [] : referenceLabels(p, ends, width, height);
  return (
    <>
      {references.map(({ reference: { value, label, longLabel }, x, y, width: words }) => (
        <span key={label} className={cx(styles.label, styles.reference)} style={{ top: y, left: x, width: words }}>
          <Fitting label={label} longLabel={longLabel} /> <b>{p.describeY(value)}</b>
        </span>
      ))}
      {p.bands.map((band) => {
        if (!band.label) return null;
        // Before the band if there is room, else after it.
        const isBefore = along(p.x, band.from) >= 0.5;
        return (
          <span
            key={band.from}
            className={cx(styles.label, isBefore ? styles.beforeBand : styles.afterBand, styles[band.tone])}
            style={{ left: `${100 * along(p.x, isBefore ? band.from : band.to)}%` }}
          >
            <Fitting label={band.label} longLabel={band.longLabel} />
          </span>
        );
      })}
      {p.changes.map(({ x, label, longLabel }) => {
        const share = along(p.x, x);
        return (
          <span
            key={x}
            className={cx(styles.label, styles.change, share >= 0.5 ? styles.beforeChange : styles.afterChange)}
            style={{ left: `${100 * share}%`, maxWidth: `${100 * Math.max(share, 1 - share)}%` }}
          >
            <Fitting label={label} longLabel={longLabel} />
          </span>
        );
      })}
      {p.marks.map((mark) => (
        <span key={mark.x} className={cx(styles.label, styles.mark)} style={{ left: `${100 * along(p.x, mark.x)}%` }}>
          {mark.label}
        </span>
      ))}
      {ends.map(({ line, left, top }) => (
        <span
          key={line.id}
          className={cx(styles.label, line.isQuiet || line.form === 'expected' ? styles.quietEnd : styles.end)}
          style={{ left, top, '--run': runColor(line.run) }}
        >
          {endWords(p, line)}
        </span>
      ))}
    </>
  );
}

/** Long label, or the short one on a phone. */
const Fitting = ({ label, longLabel }: { label: string; longLabel: string | undefined }) =>
  longLabel === undefined ? (
    label
  ) : (
    <>
      <span className={styles.long}>{longLabel}</span>
      <span className={styles.short}>{label}</span>
    </>
  );

const endWords = (p: PlotProps, line: Line): string => `${line.label} ${p.describeY(line.y[line.y.length - 1] ?? NaN)}`;
/** Mean width of a character in Inter at 11 px, medium weight, in px. */
const CHARACTER = 5.8;
/** Width in px below which a plot uses the short labels. */
const PHONE = 400;

/** Labels of the reference lines that extend to the right end. */
function referenceLabels(p: PlotProps, ends: ReturnType<typeof endLabels>, width: number, height: number) {
  const references = p.references.filter(({ until }) => until === undefined);
  const lines = references.map(({ value, label, longLabel }) => ({
    y: height * (1 - along(p.y, value)),
    width: CHARACTER * `${(width > PHONE && longLabel) || label} ${p.describeY(value)}`.length + 8,
  }));
  const taken = ends.map(({ left, top, width: words }) => ({ x: left, y: top, width: words }));
  const points = p.lines.flatMap((line) => alongLine(pointsUnder(p, line, 0, width, height)));
  return referencePlaces(lines, { width, height }, taken, points).map((place, i) => ({
    ...place,
    reference: references[i]!,
  }));
}

function endLabels(p: PlotProps, width: number, height: number) {
  const lines = p.lines.filter(
    (line) => !line.isSilent && line.x.length > 0 && line.label !== '' && endsInside(p, line),
  );
  const ends = lines.map((line) => {
    const last = Math.min(line.x.length, line.y.length) - 1;
    const x = width * along(p.x, line.x[last]!);
    const words = CHARACTER * endWords(p, line).length + 8;
    // As far from the line's end as there is room.
    const labelX = Math.min(x + 6, width + p.labelRoom - words);
    const fits = labelX >= x;
    const y = height * (1 - along(p.y, line.y[last]!));
    // If there is no room at the right, or a forecast continues the line, the label is above or below its end.
    const isAtEnd = fits && !(line.form !== 'expected' && p.lines.some((other) => goesOn(line, other)));
    return { x: labelX, width: words - 8, y, isAtEnd };
  });
  const left = Math.min(width, ...ends.map(({ x }) => x));
  const pointsOf = (isSilent: boolean) =>
    p.lines
      .filter((line) => (line.isSilent ?? false) === isSilent)
      .flatMap((line) => alongLine(pointsUnder(p, line, left, width, height)));
  const references = p.references.flatMap(({ value }) => {
    const y = height * (1 - along(p.y, value));
    return alongLine([
      { x: left, y },
      { x: width, y },
    ]);
  });
  const places = endPlaces(ends, height, pointsOf(false), pointsOf(true), references);
  return places.map(({ x, y, width: words }, index) => ({ line: lines[index]!, left: x, top: y, width: words }));
}

/** Whether a line ends inside the plot. Otherwise it has no label; the table has its value. */
function endsInside(p: PlotProps, { x, y }: Line): boolean {
  const end = along(p.y, y[Math.min(x.length, y.length) - 1]!);
  return end > -0.01 && end < 1.01;
}

/** Points of a line from `left` to its end, in px, thinned to about 400 per line. */
function pointsUnder(p: PlotProps, line: Line, left: number, width: number, height: number) {
  const count = Math.min(line.x.length, line.y.length);
  const stride = Math.max(1, Math.floor(count / 400));
  const points: { x: number; y: number }[] = [];
  for (let i = count - 1; i >= 0; i -= stride) {
    const x = width * along(p.x, line.x[i]!);
    points.push({ x, y: height * (1 - along(p.y, line.y[i]!)) });
    if (x < left) break; // the curve enters from the left of this point
  }
  return points;
}

const goesOn = (line: Line, other: Line): boolean =>
  other.form === 'expected' && other.run === line.run && other.x.length > 0;

/** Returns the lines that have a value near x, with the value, in descending order. */
function readingsAt(lines: readonly Line[], x: number, scale: Scale) {
  const slack = (scale.max - scale.min) / 100;
  return lines
    .flatMap((line) => {
      const last = Math.min(line.x.length, line.y.length) - 1;
      if (line.isSilent || last < 0 || x < line.x[0]! - slack || x > line.x[last]! + slack) return [];
      const y = line.y[Math.min(last, nearest(line.x, x))]!;
      return Number.isFinite(y) ? [{ line, y }] : [];
    })
    .sort((a, b) => b.y - a.y);
}

function Readout(props: { plot: PlotProps; cursor: number; width: number; height: number }) {
  const { plot: p, cursor, width, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const rows = readingsAt(p.lines, cursor, p.x);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const newest = p.lines.flatMap((line) => {
      const last = Math.min(line.x.length, line.y.length) - 1;
      if (line.form === 'expected' || line.form === 'raw' || last < 0) return [];
      return [{ x: width * along(p.x, line.x[last]!), y: height * (1 - along(p.y, line.y[last]!)) }];
    });
    const size = { width: element.offsetWidth, height: element.offsetHeight };
    const { left, top } = placeReadout(width * along(p.x, cursor), size, { width, height }, newest);
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  });
  if (rows.length === 0) return null;
  return (
    <div ref={box} className={styles.readout}>
      <span className={styles.title}>{p.describeX(cursor)}</span>
      {rows.map(({ line, y }) => (
        <ReadoutRow key={line.id} line={line} value={p.describeY(y)} detail={p.detailY?.(y)} />
      ))}
    </div>
  );
}
const ReadoutRow = ({ line, value, detail }: { line: Line; value: string; detail: ReactNode }) => (
  <>
    <span className={styles.name}>
      <Swatch run={line.run} />
      {line.label}
    </span>
    <span className={styles.number}>
      {value} {detail !== undefined && <span className={styles.detail}>{detail}</span>}
    </span>
  </>
);
