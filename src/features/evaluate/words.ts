/** What was measured, in words that only the page needs; the others are the core's. */
import { formatNumber } from '../../core/base/units';
import { BASELINES, figureFacts, isFigure } from '../../core/evaluate/figures';
import type { EvaluationRecord } from '../../core/runs/evaluations';

export {
  baselineWords,
  bestBaseline,
  documentsWords,
  estimateWords,
  figureWords,
  judged,
} from '../../core/evaluate/words';

/** `An earlier step, of other text than is there now`: why what is shown is out of date. */
export function outOfDateWords(
  reasons: readonly ('step' | 'text' | 'tokenizer')[],
  { step }: Pick<EvaluationRecord, 'step'>,
  chosen: string,
): string {
  const words = {
    step: `it is of step ${formatNumber(step)}, and ${chosen} is chosen`,
    text: 'the text is another by now, or given anew',
    tokenizer: 'the tokenizer is another by now',
  };
  return reasons.map((reason) => words[reason]).join('; ');
}

/** What was not measured: a figure, a baseline, or what is called as it is told. */
export const leftOutWords = (name: string): string => {
  const known = isFigure(name) ? figureFacts(name) : (BASELINES as Readonly<Record<string, { label: string }>>)[name];
  return known?.label ?? name.charAt(0).toUpperCase() + name.slice(1);
};
