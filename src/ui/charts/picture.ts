/** Exports a chart as a PNG in the colors of the light theme. */
import { fileName } from '../../core/base/fileName';
import type { Scale } from '../../core/charts/scale';
import { chartSvg, type DrawnLine, type Tick } from '../../core/charts/svg';
import { download } from '../download';
import { runColor, runDash } from '../runColor';
import { visibleParts } from './columns';
import type { Line, Reference } from './types';

interface PictureOf {
  title: string;
  caption: string;
  lines: readonly Line[];
  references: readonly Reference[];
  x: Scale;
  y: Scale;
  xTicks: (width: number) => readonly Tick[];
  yTicks: (height: number) => readonly Tick[];
  describeY: (y: number) => string;
}

/** Width and height in px, and device pixels per px. */
const [WIDTH, HEIGHT, DENSITY] = [960, 480, 2];

/** Downloads the picture under the title's name. */
export async function savePicture(chart: PictureOf): Promise<void> {
  const svg = pictureSvg(chart, lightColors());
  const image = new Image(WIDTH * DENSITY, HEIGHT * DENSITY);
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d')!.drawImage(image, 0, 0, image.width, image.height);
    download(await canvas.convertToBlob({ type: 'image/png' }), `${fileName(chart.title, 'chart')}.png`);
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** @param color of a CSS value, such as `var(--ink)` */
const pictureSvg = (chart: PictureOf, color: (value: string) => string): string =>
  chartSvg({
    ...chart,
    width: WIDTH,
    height: HEIGHT,
    lines: chart.lines.map((line) => drawnLine(line, chart.x, color)),
    references: chart.references.map(({ value, label }) => ({ value, label: `${label} ${chart.describeY(value)}` })),
    ink: color('var(--ink)'),
    quiet: color('var(--ink-3)'),
    grid: color('var(--line)'),
    paper: color('var(--paper)'),
  });

function drawnLine(line: Line, { min, max }: Scale, color: (value: string) => string): DrawnLine {
  const [x, y] = visibleParts(line.x, line.y, line.starts ?? [], { min, max, width: WIDTH });
  const isRaw = line.form === 'raw';
  return {
    ...(!line.isSilent && { label: line.label }),
    x,
    y,
    color: color(line.isQuiet ? 'var(--ink-3)' : runColor(line.run)),
    width: line.form === 'thin' || isRaw ? 1.25 : 1.75,
    dash: line.form === 'expected' ? [4, 4] : runDash(line.run),
    ...(isRaw && { opacity: 0.22 }),
    ...(line.isFaint && { opacity: 0.5 }),
    ...(line.hasPoints && { hasPoints: true }),
  };
}

/** Colors of the light theme, regardless of the current one: pictures are printed or placed on white pages. */
function lightColors(): (value: string) => string {
  return (value) => {
    const probe = document.createElement('i');
    probe.style.colorScheme = 'light';
    probe.style.color = value;
    document.body.append(probe);
    const read = getComputedStyle(probe).color;
    probe.remove();
    return read;
  };
}
