import type { RunColor } from '../runColor';

/** Growing column of numbers. May be appended to in place: a chart rereads it on each redraw. */
export type Numbers = ArrayLike<number>;

export type XAxis = 'step' | 'tokens' | 'time';
/** `early`: steps on ln(1 + step/20), which gives the first ones more room. */
export type LossAxis = XAxis | 'early';
/** Chart settings, one row per page. */
export interface ChartSettings {
  /** Smoothing weight of the moving average, 0 to 0.999; 0.98 by default. Never applied to validation loss. */
  smoothing: number;
  x: LossAxis;
  isLog: boolean;
}
export const defaultChartSettings: ChartSettings = { smoothing: 0.98, x: 'step', isLog: true };

/** Losses in nats by step. Only the axes of the same names need `tokens` and `seconds`. */
export interface LossColumns {
  step: Numbers;
  loss: Numbers;
  tokens?: Numbers;
  seconds?: Numbers;
}

/** Unit of losses. */
export interface LossReading {
  /** As a title: `Perplexity`. */
  label: string;
  /** In a sentence: `perplexity`. */
  name: string;
  scale: { of(loss: number): number; loss(value: number): number };
}

/** Dotted line with a label at the right, in the chart's unit; `from` and `until` limit it to a range of x. */
export interface Reference {
  value: number;
  from?: number;
  /** Right end; a line that ends before the plot's end has no label. */
  until?: number;
  /** `unigram`. */
  label: string;
  /** Replaces the label if there is room: `clipped at 1`. */
  longLabel?: string;
}

export interface Line {
  id: string;
  /** Label at the line's end and in the readout. */
  label: string;
  run: RunColor;
  x: Numbers;
  y: Numbers;
  /** Interval of each point: 95 %, drawn as a whisker; of an expected line 80 %, drawn as an area. */
  low?: Numbers;
  high?: Numbers;
  /** `main`: 1.75 px; `thin`: 1.25 px; `raw`: 22 % opacity, minimum and maximum per column; `expected`: dashed. */
  form?: 'main' | 'thin' | 'raw' | 'expected';
  hasPoints?: boolean;
  /** Drawn in ink-3 instead of the run's color. */
  isQuiet?: boolean;
  /** Drawn in the run's color at half strength, for an ancestor run. */
  isFaint?: boolean;
  /** Without a label at its end (raw points behind a smoothed line), and without a row in the readout. */
  isSilent?: boolean;
  /** x of a larger point: the best step of a run. */
  markAt?: number;
  /** Indices of points with no line to them: they measure something else than the points before them. */
  starts?: readonly number[];
}

/** Vertical line after which the curve measures something else. */
export interface Change {
  x: number;
  label: string;
  longLabel?: string;
}

/** Range of x: steps undone after a failure (red), or a state of the training (amber). */
export interface Band {
  from: number;
  to: number;
  label?: string;
  longLabel?: string;
  tone: 'error' | 'warn';
}
/** Mark at the foot: a failure that was recovered from (red), or any other event (ink). */
export interface FootMark {
  x: number;
  label: string;
  tone: 'error' | 'ink';
}
