import type { Evaluation } from '../../core/evaluate/evaluation';

export type Bin = NonNullable<Evaluation['calibration']>['bins'][number];

/** A share and its sign, which stay on one line. */
export const percent = (value: string): string => `${value}\u00a0%`;

/** `Sure to 31.2 % on average and right in 33.0 %: more often right than it thinks, by 1.8 points.` */
export function calibrationWords(bins: readonly Bin[]): string {
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const mean = (of: (bin: Bin) => number): number => bins.reduce((sum, bin) => sum + of(bin) * bin.count, 0) / all;
  const [sure, right] = [mean(({ confidence }) => confidence), mean(({ accuracy }) => accuracy)];
  const points = Math.abs(100 * (sure - right)).toFixed(1);
  const told =
    points === '0.0'
      ? 'as often right as it thinks, taken together'
      : `${sure > right ? 'surer than it is right' : 'more often right than it thinks'}, by ${points} points`;
  const [thinks, is] = [sure, right].map((share) => percent((100 * share).toFixed(1)));
  return `Sure to ${thinks} on average and right in ${is}: ${told}.`;
}
