import type { Evaluation } from '../../core/evaluate/evaluation';

type Bin = NonNullable<Evaluation['calibration']>['bins'][number];

/** A number and its percent sign, joined by a non-breaking space. */
export const percent = (value: string): string => `${value}\u00a0%`;

/** `Mean confidence 31.2 %, accuracy 33.0 %: underconfident by 1.8 points.` */
export function calibrationWords(bins: readonly Bin[]): string {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const mean = (valueOf: (bin: Bin) => number): number =>
    bins.reduce((sum, bin) => sum + valueOf(bin) * bin.count, 0) / total;
  const [meanConfidence, meanAccuracy] = [mean(({ confidence }) => confidence), mean(({ accuracy }) => accuracy)];
  const points = Math.abs(100 * (meanConfidence - meanAccuracy)).toFixed(1);
  const difference =
    points === '0.0'
      ? 'the same on average'
      : `${meanConfidence > meanAccuracy ? 'overconfident' : 'underconfident'} by ${points} points`;
  const [confidence, accuracy] = [meanConfidence, meanAccuracy].map((share) => percent((100 * share).toFixed(1)));
  return `Mean confidence ${confidence}, accuracy ${accuracy}: ${difference}.`;
}
