/** Add a metric of labels: its file, and its line here. */
import type { TextMetric } from '../text/textMetric';
import { accuracy } from './accuracy';
import { macroF1 } from './macroF1';

/** By the names that they have in the terminal and in files, which do not change. @param labels all that are wanted or given; `several`: a text has any number of them */
export const labelMetrics = (labels: readonly string[] = [], several = false) =>
  ({ accuracy, macroF1: macroF1(labels, several) }) as const satisfies Record<string, TextMetric>;
export type LabelMetricId = keyof ReturnType<typeof labelMetrics>;
export const LABEL_METRIC_IDS = Object.keys(labelMetrics()) as LabelMetricId[];
