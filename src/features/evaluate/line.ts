import { formatNumber } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { type FigureId, figureFacts } from '../../core/evaluate/figures';
import { nameOf } from '../../core/metrics/words';

/** What the rail tells of it: the first of these that was measured. */
const FIRST: readonly FigureId[] = ['accuracy', 'perplexity', 'pseudoPerplexity', 'chrf', 'exactMatch', 'loss'];

export function lineOf({ metrics, tokens }: Pick<Evaluation, 'metrics' | 'tokens'>): string {
  const id = FIRST.find((each) => metrics[each]);
  return id ? `${nameOf(figureFacts(id))} ${formatNumber(metrics[id]!.value)}` : `${formatNumber(tokens)} tokens`;
}
