/** Metrics and values in words. */
import { formatNumber } from '../base/units';
import type { Estimate, Metric } from './metric';

type Format = (value: number) => string;

/** Label within a sentence: `perplexity`, `bits per byte`; acronyms such as `BLEU` stay unchanged. */
export const nameOf = ({ label }: Pick<Metric, 'label'>): string =>
  /^.[A-Z]/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);

/** `85.4`, `4.45 nats per token`, `31.2 (29.8 to 32.5)`. */
export function valueWords({ unit }: Pick<Metric, 'unit'>, estimate: Estimate, format: Format = formatNumber): string {
  const { value, low, high } = estimate;
  const bounds = low === undefined || high === undefined ? '' : ` (${format(low)} to ${format(high)})`;
  return `${format(value)}${bounds}${unit === '' ? '' : ` ${unit}`}`;
}

/** The same metric with its short unit. */
export const inShort = (metric: Metric): Metric => ({ ...metric, unit: metric.shortUnit ?? metric.unit });

/** `perplexity 85.4` */
export const measuredWords = (metric: Metric, estimate: Estimate, format?: Format): string =>
  `${nameOf(metric)} ${valueWords(metric, estimate, format)}`;
