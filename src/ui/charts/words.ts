import { formatReading } from '../../core/base/units';
import { formatExact } from '../numbers';
import type { XAxis } from './types';

/** `4.30 M`, `380 k`, `2,048`. */
export function formatShortCount(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toPrecision(3)} G`;
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  return value >= 1e5 ? `${Math.round(value / 1e3)} k` : formatExact(Math.round(value));
}
/** Tick label without unneeded digits. `1 M`, `2.5 M`, `500 k`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${formatExact(value / 1e6, 3)} M`;
  if (size >= 1e4) return `${formatExact(value / 1e3, 4)} k`;
  return formatExact(value, 6);
}
/** `46 s`, `1 min 10 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return join(Math.floor(whole / 60), 'min', whole % 60, 's');
  return join(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
}
const join = (a: number, unit: string, b: number, small: string): string =>
  b === 0 ? `${a} ${unit}` : `${a} ${unit} ${b} ${small}`;

/** Describes a position on the axis: `step 2,100`, `4.30 M tokens`, `1 min 10 s`. */
export const formatX: Record<XAxis, (value: number) => string> = {
  step: (value) => `step ${formatExact(value)}`,
  tokens: (value) => `${formatShortCount(value)} tokens`,
  time: formatSeconds,
};
/** The first tick carries the axis' word. */
export const tickX: Record<XAxis, (value: number, isFirst: boolean) => string> = {
  step: (value, isFirst) => (isFirst ? `step ${formatExact(value)}` : formatExact(value)),
  tokens: (value, isFirst) => (isFirst ? `${formatTick(value)} tokens` : formatTick(value)),
  time: formatSeconds,
};

/** Newest values drawn by a loss chart. */
interface LossStory {
  x: XAxis;
  /** Name of the drawn unit: `perplexity`. */
  name: string;
  /** `before`: the previous evaluation; absent if the line restarts at this one. */
  validation?: { at: number; value: number; before?: number | undefined };
  training?: { value: number; window: number };
  references: readonly { label: string; value: number }[];
  isUndone: boolean;
}
/** The caption under a loss chart. */
export function captionOf({ x, name, validation, training, references, isUndone }: LossStory): string {
  const parts: string[] = [];
  if (validation) {
    const after = isUndone ? ', the latest checkpoint' : changeWords(validation);
    parts.push(`Validation ${name} ${formatReading(validation.value)} at ${formatX[x](validation.at)}${after}`);
  }
  if (isUndone) parts.push('later steps were undone');
  else if (training) {
    const smoothed = training.window > 1 ? `, smoothed over ${training.window} steps` : '';
    const which = parts.length === 0 ? `Training ${name}` : 'training';
    parts.push(`${which} ${formatReading(training.value)}${smoothed}`);
  }
  if (parts.length === 0) return 'No step evaluated yet';
  const known = references.map(({ label, value }) => `${label} ${formatReading(value)}`).join(', ');
  return `${parts.join('; ')}${known !== '' && !isUndone ? `. Reference lines: ${known}` : ''}`;
}

/** `, down from 92.1`, in the digits that are shown. */
function changeWords({ value, before }: NonNullable<LossStory['validation']>): string {
  if (before === undefined) return '';
  const [now, then] = [value, before].map(formatReading);
  if (now === then) return `, as before`;
  return `, ${value < before ? 'down' : 'up'} from ${then}`;
}
