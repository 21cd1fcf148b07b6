import { formatReading } from '../src/core/base/units';
import { nameOf } from '../src/core/metrics/words';
import type { ModelChoice } from '../src/core/models/network';
import { baselinesOf, headlineOf, type ObjectiveId, objectiveOf } from '../src/core/objectives';
import type { DataFacts } from '../src/core/runs/settings';
import { metricWords } from './outcome';

/** Baselines on the validation set, one sentence per metric: `Without training, perplexity: uniform 300, unigram 61.2.` */
export function baselineSentences(
  objective: ObjectiveId,
  model: Pick<ModelChoice, 'vocabulary' | 'config'>,
  data: DataFacts,
): readonly string[] {
  const headline = headlineOf(objective);
  const losses = baselinesOf(objective, model, data).map(
    ({ label, loss }) => `${label} ${formatReading(headline.scale.of(loss))}`,
  );
  return [
    `Without training, ${nameOf(headline)}: ${losses.join(', ')}.`,
    ...(objectiveOf(objective).measuredBaselines?.(data) ?? []).map(
      ({ words, values }) => `Without training, ${words}: ${metricWords(values)}.`,
    ),
  ];
}
