import { useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { runColor, runDash } from '../runColor';
import { visibleParts, visiblePoints } from './columns';
import { along, warp, type Scale } from '../../core/charts/scale';
import { useThemeVersion } from './surroundings';
import type { Band, Change, FootMark, Line, Reference } from './types';

export interface Drawing {
  lines: readonly Line[];
  x: Scale;
  y: Scale;
  yTicks: readonly number[];
  references: readonly Reference[];
  bands: readonly Band[];
  marks: readonly FootMark[];
  changes: readonly Change[];
  width: number;
  height: number;
}

/**
 * uPlot canvas inside `host`: lines, grid and marks; all text is in elements above it. Columns are reduced to the
 * resolution of the pixels before they are joined, so that a long run costs as much as a short one.
 * Charts with the same `syncKey` share their cursor by its x. `onCursor` gets that x, or undefined when it leaves.
 */
export function useCanvas(
  host: RefObject<HTMLElement | null>,
  drawing: Drawing,
  syncKey: string | undefined,
  onCursor: (x: number | undefined) => void,
): RefObject<uPlot | undefined> {
  const plot = useRef<uPlot>(undefined);
  const theme = useThemeVersion();
  const [restored, setRestored] = useState(0);
  const latest = useRef(drawing);
  const onMove = useEffectEvent(onCursor);
  const isReady = drawing.width > 0 && drawing.height > 0;
  const shape = JSON.stringify(
    drawing.lines.map(({ form, run, hasPoints, isQuiet, isFaint }) => [form, run, hasPoints, isQuiet, isFaint]),
  );

  useEffect(() => {
    latest.current = drawing;
    const now = plot.current;
    if (!now) return;
    const { x, y, width, height } = drawing;
    now.batch(() => {
      if (now.width !== width || now.height !== height) now.setSize({ width, height });
      now.setData(columnsOf(drawing), false);
      now.setScale('x', { min: x.min, max: x.max });
      now.setScale('y', { min: warp(y, y.min), max: warp(y, y.max) });
    });
  }, [drawing]);

  useEffect(() => {
    const element = host.current;
    if (!element || !isReady) return;
    const made = new uPlot(optionsFor(latest, inkOf(element), syncKey, onMove), columnsOf(latest.current), element);
    plot.current = made;
    // A crash of the GPU process blanks every canvas, while uPlot keeps its cached context state, so the plot must be recreated.
    made.ctx.canvas.addEventListener('contextrestored', () => setRestored((times) => times + 1));
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [host, isReady, shape, theme, syncKey, restored]);
  return plot;
}

/** Colors for the canvas, which can't read CSS variables: each is computed from an element that uses it. */
type Ink = (value: string) => string;
function inkOf(host: HTMLElement): Ink {
  const probe = document.createElement('i');
  probe.hidden = true;
  host.append(probe);
  const known = new Map<string, string>();
  const ink: Ink = (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    probe.style.color = value;
    const read = getComputedStyle(probe).color;
    known.set(value, read);
    return read;
  };
  for (const name of ['line', 'ink-3', 'ink-2', 'paper', 'error', 'error-wash', 'warn-wash']) ink(`var(--${name})`);
  for (let run = 1; run <= 8; run++) {
    ink(runColor(run));
    ink(faint(run));
    ink(half(run));
  }
  probe.remove();
  return (value) => known.get(value) ?? value;
}
const half = (run: number): string => `color-mix(in srgb, ${runColor(run)} 50%, transparent)`;
const faint = (run: number): string =>
  `color-mix(in srgb, ${runColor(run)} calc(100% * var(--raw-alpha)), transparent)`;

function columnsOf({ lines, x, y, width }: Drawing): uPlot.AlignedData {
  const tables = lines.map((line): uPlot.AlignedData => {
    const { starts } = line;
    const [xs, ys] =
      starts && starts.length > 0
        ? visibleParts(line.x, line.y, starts, { min: x.min, max: x.max, width })
        : visiblePoints(line.x, line.y, x.min, x.max, width);
    return [xs, ys.map((value) => (value === null ? null : warp(y, value)))];
  });
  if (tables.length === 0) return [[]];
  const joined = uPlot.join(tables);
  for (const column of joined.slice(1)) if (Array.isArray(column)) widenGaps(column);
  return joined;
}

/** Extends gaps (null) over adjacent undefined values, which uPlot draws through: other lines have points there. */
function widenGaps(column: (number | null | undefined)[]): void {
  for (let i = column.indexOf(null); i >= 0; i = column.indexOf(null, i + 1)) {
    for (let j = i - 1; j >= 0 && column[j] === undefined; j--) column[j] = null;
    while (i + 1 < column.length && column[i + 1] === undefined) column[++i] = null;
  }
}

function optionsFor(
  latest: RefObject<Drawing>,
  ink: Ink,
  syncKey: string | undefined,
  onMove: (x: number | undefined) => void,
): uPlot.Options {
  const { lines, x, y, width, height } = latest.current;
  return {
    width,
    height,
    padding: [0, 0, 0, 0],
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, auto: false, min: x.min, max: x.max },
      y: { auto: false, min: warp(y, y.min), max: warp(y, y.max) },
    },
    series: [{}, ...lines.map((line) => seriesFor(line, ink))],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
      ...(syncKey !== undefined && { sync: { key: syncKey, scales: ['x', null] } }),
    },
    hooks: {
      drawClear: [(plot) => drawGround(plot, latest.current, ink)],
      draw: [(plot) => drawMarks(plot, latest.current, ink)],
      setCursor: [
        (plot) => {
          const { left } = plot.cursor;
          onMove(left !== undefined && left >= 0 ? plot.posToVal(left, 'x') : undefined);
        },
      ],
    },
  };
}

function colorOf({ isQuiet, isFaint, form, run }: Line): string {
  if (isQuiet) return 'var(--ink-3)';
  if (isFaint) return half(run);
  return form === 'raw' ? faint(run) : runColor(run);
}

function seriesFor(line: Line, ink: Ink): uPlot.Series {
  const color = ink(colorOf(line));
  const dash = line.form === 'expected' ? [3, 4] : runDash(line.run);
  return {
    // Null is a gap. Where only another line has a point, the value is undefined, not null.
    spanGaps: false,
    stroke: color,
    width: line.form === 'raw' ? 1 : line.form === 'thin' || line.form === 'expected' ? 1.25 : 1.75,
    ...(dash && { dash: [...dash] }),
    points: line.hasPoints ? { show: true, size: 4, width: 0, fill: color } : { show: false },
  };
}

/** Bands, grid of the left axis, dotted reference lines and changes: all behind the curves. */
function drawGround(plot: uPlot, drawing: Drawing, ink: Ink): void {
  const { ctx, bbox } = plot;
  const { x, y, yTicks, references, bands, changes } = drawing;
  const ratio = devicePixelRatio;
  const across = (value: number) => bbox.left + bbox.width * along(x, value);
  const down = (value: number) => Math.round(bbox.top + bbox.height * (1 - along(y, value))) - 0.5 * (ratio % 2);
  const level = (value: number, from = x.min, until = x.max) => {
    ctx.beginPath();
    ctx.moveTo(across(from), down(value));
    ctx.lineTo(across(until), down(value));
    ctx.stroke();
  };
  ctx.save();
  for (const band of bands) {
    ctx.fillStyle = ink(band.tone === 'error' ? 'var(--error-wash)' : 'var(--warn-wash)');
    ctx.fillRect(across(band.from), bbox.top, across(band.to) - across(band.from), bbox.height);
  }
  drawAreas(plot, drawing, ink);
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  ctx.strokeStyle = ink('var(--line)');
  for (const tick of yTicks) level(tick);
  ctx.strokeStyle = ink('var(--ink-3)');
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  for (const { value, from, until } of references) level(value, from, until);
  ctx.strokeStyle = ink('var(--ink-2)');
  ctx.setLineDash([]);
  for (const change of changes) {
    ctx.beginPath();
    ctx.moveTo(Math.round(across(change.x)) - 0.5 * (ratio % 2), bbox.top);
    ctx.lineTo(Math.round(across(change.x)) - 0.5 * (ratio % 2), bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Bands of expected lines. */
function drawAreas({ ctx, bbox }: uPlot, { lines, x, y }: Drawing, ink: Ink): void {
  const across = (value: number) => bbox.left + bbox.width * along(x, value);
  const down = (value: number) => bbox.top + bbox.height * (1 - along(y, value));
  for (const { low, high, x: at, run, form } of lines) {
    if (!low || !high || form !== 'expected' || at.length === 0) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.beginPath();
    ctx.moveTo(across(at[0]!), down(high[0]!));
    for (let i = 1; i < at.length; i++) ctx.lineTo(across(at[i]!), down(high[i]!));
    for (let i = at.length - 1; i >= 0; i--) ctx.lineTo(across(at[i]!), down(low[i]!));
    ctx.closePath();
    ctx.fillStyle = ink(faint(run));
    ctx.fill();
    ctx.restore();
  }
}

/** Intervals, the marked point of a line with its halo, and the marks at the foot. */
function drawMarks({ ctx, bbox }: uPlot, { lines, x, y, marks }: Drawing, ink: Ink): void {
  const ratio = devicePixelRatio;
  const across = (value: number) => bbox.left + bbox.width * along(x, value);
  const down = (value: number) => bbox.top + bbox.height * (1 - along(y, value));
  ctx.save();
  ctx.lineWidth = ratio;
  for (const { low, high, x: at, run, form } of lines) {
    if (!low || !high || form === 'expected') continue;
    ctx.strokeStyle = ink(runColor(run));
    for (let i = 0; i < at.length; i++) {
      ctx.beginPath();
      ctx.moveTo(across(at[i]!), down(low[i]!));
      ctx.lineTo(across(at[i]!), down(high[i]!));
      ctx.stroke();
    }
  }
  for (const line of lines) {
    if (line.markAt === undefined) continue;
    const at = Array.prototype.findIndex.call(line.x, (value: number) => value >= line.markAt!);
    if (at < 0) continue;
    for (const [radius, color] of [
      [4.25, 'var(--paper)'],
      [2.75, runColor(line.run)],
    ] as const) {
      ctx.beginPath();
      ctx.arc(across(line.x[at]!), down(line.y[at]!), radius * ratio, 0, 2 * Math.PI);
      ctx.fillStyle = ink(color);
      ctx.fill();
    }
  }
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  for (const mark of marks) {
    ctx.strokeStyle = ink(mark.tone === 'error' ? 'var(--error)' : 'var(--ink-2)');
    ctx.beginPath();
    ctx.moveTo(across(mark.x), bbox.top + 0.86 * bbox.height);
    ctx.lineTo(across(mark.x), bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
