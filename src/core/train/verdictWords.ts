/** Words for losses and numbers in verdicts. */
import { formatNumber, formatReading } from '../base/units';
import type { Metric, Scale } from '../metrics/metric';
import { inShort, valueWords } from '../metrics/words';
import type { Baseline } from '../objectives/objective';

export type Headline = Metric & { scale: Scale };

/** A loss in the headline metric. */
export const lossWords = (headline: Headline, loss: number): string =>
  valueWords(inShort(headline), { value: headline.scale.of(loss) }, formatReading);

/** `a uniform guess gives 2,048` */
export const baselineWords = (headline: Headline, { words, loss }: Baseline): string =>
  `${words} gives ${valueWords(inShort(headline), { value: headline.scale.of(loss) })}`;

export const twoDigits = (x: number): string => formatNumber(Number(x.toPrecision(2)));

/** Change of the headline metric by `nats` at a loss, in percent; in nats for the loss itself, which may be near 0. */
export function changeWords({ scale }: Headline, nats: number, loss: number): string {
  if (scale.of(nats) === nats) return `${twoDigits(nats)} nats`;
  return `${twoDigits(100 * (scale.of(loss + nats) / scale.of(loss) - 1))} %`;
}

export function timesWords(factor: number): string {
  const rounded = Math.round(factor);
  return rounded <= 2 ? 'twice' : rounded <= 9 ? `${NUMBERS[rounded]!} times` : 'many times';
}
const NUMBERS = ['', '', '', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
