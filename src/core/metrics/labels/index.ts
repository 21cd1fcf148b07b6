/** List of label metrics. To add one, write its file and add a line here. */
import type { TextMetric } from '../text/textMetric';
import { accuracy } from './accuracy';
import { macroF1 } from './macroF1';

/** Label metrics by their fixed names in the terminal and in files. @see macroF1 for the parameters */
export const labelMetrics = (labels: readonly string[] = [], several = false) =>
  ({ accuracy, macroF1: macroF1(labels, several) }) as const satisfies Record<string, TextMetric>;
export type LabelMetricId = keyof ReturnType<typeof labelMetrics>;
export const LABEL_METRIC_IDS = Object.keys(labelMetrics()) as LabelMetricId[];
