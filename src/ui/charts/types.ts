import type { RunColor } from '../runColor';

/** A growing column of numbers. It may be appended to in place: a chart reads it again whenever it is drawn. */
export type Numbers = ArrayLike<number>;

export type XAxis = 'step' | 'tokens' | 'time';
/** `early`: steps with room for the first of them, ln(1 + step/20). */
export type LossAxis = XAxis | 'early';
/** The one settings row of a page. */
export interface ChartSettings {
  /** Weight of the past in the moving average, 0 to 0.999; 0.98 by default. Never applied to validation. */
  smoothing: number;
  x: LossAxis;
  isLog: boolean;
}
export const defaultChartSettings: ChartSettings = { smoothing: 0.98, x: 'step', isLog: true };

/** Losses in nats by step. `tokens` and `seconds` are needed only for the axes of that name. */
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

/** A dotted line with its words at the right, in the chart's own unit; from one x to another where it holds only there. */
export interface Reference {
  value: number;
  from?: number;
  /** One that ends before the right has no words. */
  until?: number;
  /** `unigram`. */
  label: string;
  /** In its place where there is room: `clipped at 1`. */
  longLabel?: string;
}

export interface Line {
  id: string;
  /** In words, at the line's end and in the readout. */
  label: string;
  run: RunColor;
  x: Numbers;
  y: Numbers;
  /** Interval of each point: 95 %, drawn as a whisker; of an expected line 80 %, drawn as an area. */
  low?: Numbers;
  high?: Numbers;
  /** `main` 1.75 px, `thin` 1.25 px, `raw` at 22 % with the minimum and maximum of each pixel column, `expected` dashed. */
  form?: 'main' | 'thin' | 'raw' | 'expected';
  hasPoints?: boolean;
  /** Drawn in ink-3 rather than the run's hue. */
  isQuiet?: boolean;
  /** In the run's hue at half its strength: of a run that this one comes from. */
  isFaint?: boolean;
  /** No words at its end (raw points behind a smoothed line), and no row in the readout. */
  isSilent?: boolean;
  /** A larger point at this x: the best step of a run. */
  markAt?: number;
  /** Indices of points that no line is drawn to: what they measure is not what the point before them did. */
  starts?: readonly number[];
}

/** A line from top to foot, after which what is measured is something else. */
export interface Change {
  x: number;
  label: string;
  longLabel?: string;
}

/** A stretch of x: the steps undone after a failure (red), or a state of the training (amber). */
export interface Band {
  from: number;
  to: number;
  label?: string;
  longLabel?: string;
  tone: 'error' | 'warn';
}
/** A mark at the foot: a loss that was recovered from (red), or any event (ink). */
export interface FootMark {
  x: number;
  label: string;
  tone: 'error' | 'ink';
}
