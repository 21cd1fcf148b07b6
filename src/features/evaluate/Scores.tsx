import type { Evaluation } from '../../core/evaluate/evaluation';
import { formatReading } from '../../core/base/units';
import { Fold, NumberStrip } from '../../ui';
import styles from './EvaluatePage.module.css';
import { baselineWords, bestBaseline, estimateWords, figureWords, firstScores } from './words';

/** Scores with their 95 % confidence intervals and best baselines; equivalent scores in other units are folded. */
export function Scores({ evaluation }: { evaluation: Evaluation }) {
  const { first, more } = firstScores(evaluation);
  return (
    <>
      <NumberStrip readings={first.map((id) => readingOf(evaluation, id))} />
      {more.length > 0 && (
        <Fold className={styles.more} summary="More scores">
          <NumberStrip readings={more.map((id) => readingOf(evaluation, id))} />
        </Fold>
      )}
    </>
  );
}

function readingOf(evaluation: Evaluation, id: string) {
  const metric = evaluation.metrics[id]!;
  const { value, interval } = estimateWords(metric);
  const baseline = bestBaseline(evaluation, id);
  return {
    label: figureWords(id).label,
    value,
    ...(metric.unit !== '' && { unit: metric.unit }),
    interval: interval ?? 'no interval',
    ...(baseline && { baseline: `${baselineWords(baseline.name).short} ${formatReading(baseline.value)}` }),
  };
}
