/** How a learning rate compares with the default of its optimizer. */
import { formatCount, formatNumber, formatShort } from '../base/units';
import { optimizerOf, type OptimizerId } from '../optim';

interface UnusualRate {
  isHigh: boolean;
  /** Default of the optimizer for a model of this size. */
  usual: number;
  /** `0.1 is 50 times the usual rate for AdamW at 46.6 k parameters` */
  words: string;
}

/** @returns undefined for a rate of at most `MAX_FACTOR` times the default, and at least `MIN_SHARE` of it */
export function unusualRate(
  { learningRate, optimizer }: { learningRate: number; optimizer: OptimizerId },
  parameters: number,
): UnusualRate | undefined {
  const { label, usualRate } = optimizerOf(optimizer);
  const usual = usualRate(parameters);
  const isHigh = learningRate > MAX_FACTOR * usual;
  if (!isHigh && learningRate >= MIN_SHARE * usual) return undefined;
  const factor = isHigh ? `${formatCount(learningRate / usual)} times` : `1/${formatCount(usual / learningRate)} of`;
  const words = `${formatNumber(learningRate)} is ${factor} the usual rate for ${label} at ${formatShort(parameters)} parameters`;
  return { isHigh, usual, words };
}
const MAX_FACTOR = 4;
const MIN_SHARE = 1 / 30;
