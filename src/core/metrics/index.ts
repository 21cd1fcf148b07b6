/** List of metrics. To add one, write its file and add a line here. */
import { accuracy } from './accuracy';
import { bitsPerByte } from './bitsPerByte';
import { chrf } from './chrf';
import { exactMatch } from './exactMatch';
import type { LabelCounts } from './labels/counts';
import { loss } from './loss';
import { macroF1 } from './macroF1';
import { maskedAccuracy } from './maskedAccuracy';
import type { Estimate, Metric, Extent, Scale } from './metric';
import { oldPerplexity } from './oldPerplexity';
import { perplexity } from './perplexity';
import { pseudoPerplexity } from './pseudoPerplexity';

/** Metrics by their names in journals and files, which must not change. */
export const METRICS = {
  loss,
  perplexity,
  bitsPerByte,
  pseudoPerplexity,
  maskedAccuracy,
  accuracy,
  macroF1,
  exactMatch,
  chrf,
  oldPerplexity,
} as const satisfies Record<string, Metric>;
export type MetricId = keyof typeof METRICS;

/** A metric as the common type. */
export const metricOf = (id: MetricId): Metric => METRICS[id];

/** Ids of metrics that follow from any loss. */
export type ScaleId = { [Id in MetricId]: (typeof METRICS)[Id] extends { scale: Scale } ? Id : never }[MetricId];

/** Measured values by id, including metrics of newer versions. Excludes scales of the loss. */
export type Estimates = Readonly<Record<string, Estimate>>;

/** An evaluation: mean loss in nats, and other measured values. */
export interface Evaluated {
  readonly loss: number;
  readonly metrics: Estimates;
  /** Present for a classifier; absent in journals of older builds. */
  readonly labels?: LabelCounts;
}

/** Estimates that follow from a part's mean loss alone: for each of `ids` that is not a scale. */
export const estimatesOfMean = (ids: readonly MetricId[], loss: number, part: Extent): Estimates =>
  Object.fromEntries(
    ids.flatMap((id) => {
      const { scale, ofMean } = metricOf(id);
      return scale || !ofMean ? [] : [[id, { value: ofMean(loss, part) }]];
    }),
  );

/** Metrics in an evaluation that the training loop measures for any objective. */
export const runMetricsIn = ({ metrics }: Pick<Evaluated, 'metrics'>): readonly MetricId[] =>
  (Object.keys(METRICS) as MetricId[]).filter((id) => metricOf(id).needs === 'run' && metrics[id] !== undefined);

/** Value of a metric; undefined if it was not measured. */
export function estimateOf(id: MetricId, { loss, metrics }: Evaluated): Estimate | undefined {
  const { scale } = metricOf(id);
  return scale ? { value: scale.of(loss) } : metrics[id];
}
