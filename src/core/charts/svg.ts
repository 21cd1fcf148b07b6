/** Renders a chart as a standalone SVG. */
import { along, type Scale } from './scale';

export interface Tick {
  value: number;
  label: string;
}

/** A line; `x` and `y` have the same length. */
export interface DrawnLine {
  /** Legend label above the plot; absent for lines that are only the background of another. */
  label?: string;
  x: ArrayLike<number>;
  /** Null breaks the line. */
  y: ArrayLike<number | null>;
  color: string;
  /** px */
  width: number;
  opacity?: number;
  /** Lengths of dashes and gaps, in px. */
  dash?: readonly [number, number] | undefined;
  hasPoints?: boolean;
}

export interface ChartDrawing {
  title: string;
  /** Description below the plot. */
  caption: string;
  /** Size of the whole image, in px. */
  width: number;
  height: number;
  x: Scale;
  y: Scale;
  /** Ticks for a plot of the given size, in px. */
  xTicks: (width: number) => readonly Tick[];
  yTicks: (height: number) => readonly Tick[];
  lines: readonly DrawnLine[];
  /** Dotted horizontal lines with labels. */
  references: readonly { value: number; label: string }[];
  /** Colors of text, secondary text, grid and background. */
  ink: string;
  quiet: string;
  grid: string;
  paper: string;
}

/** Margins of the plot in px: left and right for ticks, top for title and legend, bottom for ticks and caption. */
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 40, 64];
const FONT = 'font-family="Inter Variable, Inter, Segoe UI, Helvetica Neue, Arial, sans-serif"';

/** Renders the SVG. Escapes all text; values that aren't finite break a line. */
export function chartSvg(p: ChartDrawing): string {
  const plot = { width: p.width - LEFT - RIGHT, height: p.height - TOP - BOTTOM };
  const atX = (value: number): number => round(LEFT + plot.width * along(p.x, value));
  const atY = (value: number): number => round(TOP + plot.height * (1 - along(p.y, value)));
  const isInside = (scale: Scale, value: number): boolean => value >= scale.min && value <= scale.max;
  const right = LEFT + plot.width;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${p.width} ${p.height}" width="${p.width}" height="${p.height}" role="img" ${FONT} font-size="12">`,
    `<title>${escapeXml(p.title)}. ${escapeXml(p.caption)}</title>`,
    `<rect width="${p.width}" height="${p.height}" fill="${p.paper}"/>`,
    textElement(LEFT, 20, p.title, p.ink, 'font-weight="600" font-size="14"'),
  ];
  for (const { value, label } of p.yTicks(plot.height).filter((tick) => isInside(p.y, tick.value))) {
    parts.push(`<path d="M${LEFT} ${atY(value)}H${right}" stroke="${p.grid}"/>`);
    parts.push(textElement(LEFT - 8, atY(value) + 4, label, p.quiet, 'text-anchor="end"'));
  }
  for (const { value, label } of p.xTicks(plot.width).filter((tick) => isInside(p.x, tick.value))) {
    const share = along(p.x, value);
    const anchor = share < 0.02 ? 'start' : share > 0.98 ? 'end' : 'middle';
    parts.push(textElement(atX(value), TOP + plot.height + 18, label, p.quiet, `text-anchor="${anchor}"`));
  }
  const references = p.references.filter((line) => isInside(p.y, line.value));
  for (const { value } of references) {
    parts.push(`<path d="M${LEFT} ${atY(value)}H${right}" stroke="${p.quiet}" stroke-dasharray="2 3"/>`);
  }
  for (const line of p.lines) parts.push(...linePath(line, atX, atY));
  // Reference labels are above the lines, each with a border in the background color.
  const border = `stroke="${p.paper}" stroke-width="4" paint-order="stroke"`;
  for (const { value, label } of references) {
    // Right-aligned, or left-aligned if a line would overlap there.
    const isOverlapped = p.lines.some((line) =>
      Array.from(line.x).some(
        (x, i) =>
          atX(x) > right - label.length * CHARACTER_WIDTH - 8 &&
          Math.abs(atY(line.y[i] ?? NaN) - atY(value) + 8) < MIN_LABEL_DISTANCE,
      ),
    );
    const [x, anchor] = isOverlapped ? [LEFT + 4, 'start'] : [right - 4, 'end'];
    parts.push(textElement(x, atY(value) - 4, label, p.quiet, `${border} text-anchor="${anchor}"`));
  }
  parts.push(...legend(p, right));
  for (const [i, line] of wrap(p.caption, plot.width / CHARACTER_WIDTH).entries())
    parts.push(textElement(LEFT, TOP + plot.height + 38 + 16 * i, line, p.quiet));
  return `${parts.join('\n')}\n</svg>\n`;
}

function linePath(line: DrawnLine, atX: (x: number) => number, atY: (y: number) => number): string[] {
  const points = Array.from(line.x, (x, i) => ({ x, y: line.y[i] ?? NaN }));
  let path = '';
  let isPathOpen = false;
  for (const { x, y } of points) {
    const isPoint = Number.isFinite(x) && Number.isFinite(y);
    if (isPoint) path += `${isPathOpen ? 'L' : 'M'}${atX(x)} ${atY(y)}`;
    isPathOpen = isPoint;
  }
  if (path === '') return [];
  const dash = line.dash ? ` stroke-dasharray="${line.dash.join(' ')}"` : '';
  const opacity = line.opacity === undefined ? '' : ` opacity="${line.opacity}"`;
  const markers = points.filter(({ x, y }) => line.hasPoints && Number.isFinite(x) && Number.isFinite(y));
  return [
    `<path d="${path}" fill="none" stroke="${line.color}" stroke-width="${line.width}" stroke-linejoin="round"${dash}${opacity}/>`,
    ...markers.map(({ x, y }) => `<circle cx="${atX(x)}" cy="${atY(y)}" r="2.5" fill="${line.color}"${opacity}/>`),
  ];
}

/** Legend at the right of the title, with a sample of each line. */
function legend(p: ChartDrawing, right: number): string[] {
  let x = right;
  return p.lines
    .filter(({ label }) => label)
    .toReversed()
    .flatMap(({ label = '', color, width }) => {
      const end = x;
      x -= label.length * CHARACTER_WIDTH + 36;
      return [
        textElement(end, 20, label, p.ink, 'text-anchor="end"'),
        `<path d="M${round(x + 8)} 16h16" stroke="${color}" stroke-width="${width + 1}"/>`,
      ];
    });
}
/** Minimum distance in px between a label's middle and a line, so that they don't touch. */
const MIN_LABEL_DISTANCE = 12;
/** Approximate width of a character, in px. */
const CHARACTER_WIDTH = 6.5;

/** Wraps text to at most two lines of `max` characters. */
function wrap(text: string, max: number): readonly string[] {
  if (text.length <= max) return [text];
  const cut = text.lastIndexOf(' ', max);
  const secondLine = text.slice(cut + 1);
  return [
    text.slice(0, cut),
    secondLine.length <= max ? secondLine : `${secondLine.slice(0, secondLine.lastIndexOf(' ', max - 1))}…`,
  ];
}

const textElement = (x: number, y: number, text: string, color: string, attributes = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${color}" ${attributes}>${escapeXml(text)}</text>`;

const round = (value: number): number => Math.round(value * 100) / 100;

/** Escapes text for XML, and removes characters that XML forbids. */
const escapeXml = (text: string): string =>
  text
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, '')
    .replaceAll(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
