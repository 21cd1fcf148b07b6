/** List of metrics of generated text without a reference. To add one, write its file and add a line here. */
import { distinct } from './distinct';
import { loops } from './loops';
import { repetition } from './repetition';
import type { WrittenMetric } from './writtenMetric';

/** Metrics by their names in the terminal and in files, which do not change. */
export const WRITTEN_METRICS = {
  distinct1: distinct(1),
  distinct2: distinct(2),
  repetition,
  loops,
} as const satisfies Record<string, WrittenMetric>;
export type WrittenMetricId = keyof typeof WRITTEN_METRICS;
export const WRITTEN_METRIC_IDS = Object.keys(WRITTEN_METRICS) as WrittenMetricId[];
