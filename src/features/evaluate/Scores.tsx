import type { Evaluation } from '../../core/evaluate/evaluation';
import { formatReading } from '../../core/base/units';
import { NumberStrip } from '../../ui';
import { baselineWords, bestBaseline, estimateWords, figureWords } from './words';

/** Each figure with the interval that it lies in with 95 % confidence, and the best that needs no model beside it. */
export function Scores({ evaluation }: { evaluation: Evaluation }) {
  const { metrics } = evaluation;
  // Both perplexities say the same in what can be counted.
  const isToldTwice = Boolean(metrics['perplexity'] ?? metrics['pseudoPerplexity']);
  const told = Object.keys(metrics).filter((id) => id !== 'loss' || !isToldTwice);
  const ids = [...told.filter((id) => FIRST.has(id)), ...told.filter((id) => !FIRST.has(id))];
  return (
    <NumberStrip
      readings={ids.map((id) => {
        const measured = metrics[id]!;
        const { value, interval } = estimateWords(measured);
        const baseline = bestBaseline(evaluation, id);
        return {
          label: PLAIN[id] ?? figureWords(id).label,
          value,
          ...(measured.unit !== '' && { unit: measured.unit }),
          interval: interval ?? 'no interval',
          ...(baseline && { baseline: `${baselineWords(baseline.name).short} ${formatReading(baseline.value)}` }),
        };
      })}
    />
  );
}

/** What labels, and an encoder, are judged by. */
const FIRST: ReadonlySet<string> = new Set(['accuracy', 'macroF1', 'pseudoPerplexity', 'maskedAccuracy']);

/** In place of the field's names, which say little to a newcomer. */
const PLAIN: Readonly<Record<string, string>> = { top1: 'Next token right', top5: 'Among the first 5' };
