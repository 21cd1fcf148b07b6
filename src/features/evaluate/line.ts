import { formatNumber } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { METRICS } from '../../core/metrics';
import { nameOf } from '../../core/metrics/words';

/** The rail is on the first page, which doesn't load all metrics. */
const NAMED = METRICS;
/** The rail shows the first of these that has a value. */
const BY_PRIORITY: readonly (keyof typeof NAMED)[] = [
  'accuracy',
  'perplexity',
  'pseudoPerplexity',
  'chrf',
  'exactMatch',
  'loss',
];

/** Line under Evaluate in the rail: `Top-1 accuracy 31 %`. */
export function lineOf({ metrics, tokens }: Pick<Evaluation, 'metrics' | 'tokens'>): string {
  const id = BY_PRIORITY.find((id) => metrics[id]);
  return id
    ? `${nameOf(NAMED[id])} ${formatNumber(metrics[id]!.value)}${NAMED[id].unit === '%' ? '\u00a0%' : ''}`
    : `${formatNumber(tokens)} tokens`;
}
