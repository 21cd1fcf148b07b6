import type { Evaluation } from '../../core/evaluate/evaluation';
import { formatReading } from '../../core/base/units';
import { NumberStrip } from '../../ui';
import { baselineWords, bestBaseline, estimateWords, figureWords } from './words';

/** Each figure with the interval that it lies in with 95 % confidence, and the best that needs no model beside it. */
export function Scores({ evaluation }: { evaluation: Evaluation }) {
  const ids = Object.keys(evaluation.metrics).filter((id) => id !== 'loss' || !evaluation.metrics['perplexity']);
  return (
    <NumberStrip
      readings={ids.map((id) => {
        const measured = evaluation.metrics[id]!;
        const { value, interval } = estimateWords(measured);
        const baseline = bestBaseline(evaluation, id);
        return {
          label: PLAIN[id] ?? figureWords(id).label,
          value,
          ...(measured.unit !== '' && { unit: measured.unit }),
          interval: interval ?? 'too little text for an interval',
          ...(baseline && { baseline: `${baselineWords(baseline.name).short} ${formatReading(baseline.value)}` }),
        };
      })}
    />
  );
}

/** In place of the field's names, which say little to a newcomer. */
const PLAIN: Readonly<Record<string, string>> = { top1: 'Next token right', top5: 'Among the first 5' };
