import { useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { HUES, type RunColor, runColor, runDash } from '../runColor';
import { visibleParts, visiblePoints } from './columns';
import { along, type LinearScale, warp, type Scale } from '../../core/charts/scale';
import { useThemeVersion } from './surroundings';
import type { Band, Change, FootMark, Line, Reference } from './types';

/** Everything that the canvas shows. */
export interface Drawing {
  lines: readonly Line[];
  x: LinearScale;
  y: Scale;
  /** Values of the grid lines. */
  yTicks: readonly number[];
  references: readonly Reference[];
  bands: readonly Band[];
  marks: readonly FootMark[];
  changes: readonly Change[];
  /** Size of the plot in CSS pixels; nothing is drawn while either is 0. */
  width: number;
  height: number;
}

/**
 * Draws lines, grid and marks on a uPlot canvas inside `host`; elements above the canvas show all text. Each line is
 * reduced to the minimum and maximum per pixel column, so that a long run costs as much as a short one.
 * @param drawing redrawn when a new object is passed: after appending to a line's columns in place, pass a new one
 * @param syncKey charts with the same key share their cursor by its x
 * @param onCursor called with the cursor's x, or undefined when it leaves the plot
 * @returns the plot; undefined while it has no size. A change of theme or of a line's style recreates it
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
  /** uPlot reads styles only when it is created. */
  const styles = JSON.stringify(drawing.lines.map(styleOf));

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
    // A crash of the GPU process blanks every canvas. uPlot still caches the old context's state, so it is recreated.
    made.ctx.canvas.addEventListener('contextrestored', () => setRestored((times) => times + 1));
    return () => {
      made.destroy();
      plot.current = undefined;
    };
  }, [host, isReady, styles, theme, syncKey, restored]);
  return plot;
}

/** CSS variables of colors that aren't a run's. */
const COLOR_VARIABLES = ['line', 'ink-3', 'ink-2', 'paper', 'error', 'error-wash', 'warn-wash'] as const;
type ColorVariable = (typeof COLOR_VARIABLES)[number];
/** A run's color: `full`; `half` as strong; `faint` for raw points and areas. */
type Strength = 'full' | 'half' | 'faint';

/**
 * Computed colors. The canvas silently ignores a CSS variable, and keeps the color that it had: so code that draws gets
 * colors only from here.
 */
interface Ink {
  of(variable: ColorVariable): string;
  run(run: RunColor, strength?: Strength): string;
}
/** Reads the colors from an element in `host`, where the theme's variables apply. */
function inkOf(host: HTMLElement): Ink {
  const probe = document.createElement('i');
  probe.hidden = true;
  host.append(probe);
  const read = (css: string): string => {
    probe.style.color = css;
    return getComputedStyle(probe).color;
  };
  const variables = new Map(COLOR_VARIABLES.map((name) => [name, read(`var(--${name})`)]));
  const runs = new Map<string, string>();
  for (let run = 1; run <= HUES; run++) {
    const color = runColor(run);
    runs.set(`full ${color}`, read(color));
    runs.set(`half ${color}`, read(`color-mix(in srgb, ${color} 50%, transparent)`));
    runs.set(`faint ${color}`, read(`color-mix(in srgb, ${color} calc(100% * var(--raw-alpha)), transparent)`));
  }
  probe.remove();
  return {
    of: (variable) => variables.get(variable)!,
    run: (run, strength = 'full') => runs.get(`${strength} ${runColor(run)}`)!,
  };
}

/** Returns the x of all lines, and the y of each, for uPlot. Values of y are warped, because uPlot's y scale is linear. */
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

/**
 * Extends gaps (null) over adjacent undefined values: x at which only other lines have points. uPlot would draw through
 * them.
 */
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
    series: [{}, ...lines.map((line) => seriesFor(styleOf(line), ink))],
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

/** Properties of a line that decide its style. A plot is recreated if one of them changes. */
type LineStyle = Pick<Line, 'run'> & { [K in 'form' | 'hasPoints' | 'isQuiet' | 'isFaint']: Line[K] | undefined };
const styleOf = ({ form, run, hasPoints, isQuiet, isFaint }: Line): LineStyle => ({
  form,
  run,
  hasPoints,
  isQuiet,
  isFaint,
});

function lineColor({ isQuiet, isFaint, form, run }: LineStyle, ink: Ink): string {
  if (isQuiet) return ink.of('ink-3');
  if (isFaint) return ink.run(run, 'half');
  return ink.run(run, form === 'raw' ? 'faint' : 'full');
}

function seriesFor(line: LineStyle, ink: Ink): uPlot.Series {
  const color = lineColor(line, ink);
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

/** Draws what is behind the curves: bands, areas, grid, dotted reference lines and changes. */
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
    ctx.fillStyle = ink.of(band.tone === 'error' ? 'error-wash' : 'warn-wash');
    ctx.fillRect(across(band.from), bbox.top, across(band.to) - across(band.from), bbox.height);
  }
  drawAreas(plot, drawing, ink);
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  ctx.strokeStyle = ink.of('line');
  for (const tick of yTicks) level(tick);
  ctx.strokeStyle = ink.of('ink-3');
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  for (const { value, from, until } of references) level(value, from, until);
  ctx.strokeStyle = ink.of('ink-2');
  ctx.setLineDash([]);
  for (const change of changes) {
    ctx.beginPath();
    ctx.moveTo(Math.round(across(change.x)) - 0.5 * (ratio % 2), bbox.top);
    ctx.lineTo(Math.round(across(change.x)) - 0.5 * (ratio % 2), bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Draws the interval of each expected line as an area. */
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
    ctx.fillStyle = ink.run(run, 'faint');
    ctx.fill();
    ctx.restore();
  }
}

/** Draws what is above the curves: intervals as whiskers, marked points with a halo, and the marks at the foot. */
function drawMarks({ ctx, bbox }: uPlot, { lines, x, y, marks }: Drawing, ink: Ink): void {
  const ratio = devicePixelRatio;
  const across = (value: number) => bbox.left + bbox.width * along(x, value);
  const down = (value: number) => bbox.top + bbox.height * (1 - along(y, value));
  ctx.save();
  ctx.lineWidth = ratio;
  for (const { low, high, x: at, run, form } of lines) {
    if (!low || !high || form === 'expected') continue;
    ctx.strokeStyle = ink.run(run);
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
      [4.25, ink.of('paper')],
      [2.75, ink.run(line.run)],
    ] as const) {
      ctx.beginPath();
      ctx.arc(across(line.x[at]!), down(line.y[at]!), radius * ratio, 0, 2 * Math.PI);
      ctx.fillStyle = color;
      ctx.fill();
    }
  }
  ctx.lineWidth = ratio;
  ctx.setLineDash([]);
  for (const mark of marks) {
    ctx.strokeStyle = ink.of(mark.tone === 'error' ? 'error' : 'ink-2');
    ctx.beginPath();
    ctx.moveTo(across(mark.x), bbox.top + 0.86 * bbox.height);
    ctx.lineTo(across(mark.x), bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
