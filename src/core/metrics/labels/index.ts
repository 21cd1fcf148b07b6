/** List of label metrics. To add one, write its file and add a line here. */
import type { TextMetric } from '../text/textMetric';
import { accuracy } from './accuracy';
import { macroF1 } from './macroF1';

/**
 * Label metrics by their names in the terminal and in files, which do not change.
 * @param labels all expected or predicted labels
 * @param several whether a text can have any number of labels
 */
export const labelMetrics = (labels: readonly string[] = [], several = false) =>
  ({ accuracy, macroF1: macroF1(labels, several) }) as const satisfies Record<string, TextMetric>;
export type LabelMetricId = keyof ReturnType<typeof labelMetrics>;
export const LABEL_METRIC_IDS = Object.keys(labelMetrics()) as LabelMetricId[];
