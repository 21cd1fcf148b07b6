/** What was measured, in words that only the page needs; the others are the core's. */
import { counted, formatCount, formatNumber, formatReading } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { BASELINES, figureFacts, isFigure } from '../../core/evaluate/figures';
import { figureWords } from '../../core/evaluate/words';
import type { EvaluatedOn, EvaluationRecord, KeptPart } from '../../core/runs/evaluations';

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

export const PART_NAMES: Readonly<Record<EvaluatedOn, string>> = {
  validation: 'Validation part',
  test: 'Test part',
  text: 'Own text',
};

/** What it was measured on: `validation part`, or the name of a text of one's own. */
export const measuredOnWords = ({ part, name }: { part: KeptPart; name?: string }): string =>
  name ?? (part === 'lists' ? part : PART_NAMES[part].toLowerCase());

/** How often the test part was looked at before; it goes on after it. */
export const looksWords = (looks: number): string =>
  looks === 0
    ? 'Nobody has looked at that part for any step of this run'
    : `That part was looked at ${looks === 1 ? 'once' : counted(looks, 'time')} for steps of this run`;

/**
 * What the last stretches say of a longer context, as far as they do.
 * @param context tokens that the model reads at once
 */
export function contextWords(
  position: NonNullable<Evaluation['where']>['position'],
  context: number,
): string | undefined {
  const [before, last] = position.slice(-2);
  if (!before || !last) return undefined;
  const each = ({ from, to, tokens }: typeof last): number => tokens / (Math.min(to, context) - from + 1);
  // A few that reach the stretch, or its beginning, say nothing of its end.
  if (last.to < context || each(last) < each(before) / 2)
    return `Few or none of these documents fill the ${formatCount(context)} tokens that the model reads at once, so this says nothing of a longer context`;
  if (position.length < 4) return undefined;
  const gain = before.loss - last.loss;
  if (gain > 0.02 * before.loss)
    return `Still falling at the end of the context, by ${formatReading(gain)}: a longer one may help this model`;
  return 'Level at the end of the context: a longer one would buy this model little';
}

/** `“sea” is taken for “land” most often, 12 of 40 times`: of labels that were wanted and another one given. */
export function confusionWords({ labels, counts }: NonNullable<Evaluation['confusion']>): string {
  const wrong = counts.flatMap((row, wanted) =>
    row.flatMap((count, given) => (given === wanted || count === 0 ? [] : [{ count, wanted, given }])),
  );
  const [most] = wrong.sort((a, b) => b.count - a.count);
  if (!most) return 'Each is the one that was wanted';
  const all = counts[most.wanted]!.reduce((a, b) => a + b, 0);
  return `“${labels[most.wanted]!}” is taken for “${labels[most.given]!}” most often, ${formatCount(most.count)} of ${counted(all, 'time')}`;
}

/** What was not measured: a figure, a baseline, or what is called as it is told. */
export const leftOutWords = (name: string): string => {
  const [, of] = /^interval of (\w+)$/.exec(name) ?? [];
  if (of !== undefined) return `Interval of ${figureWords(of).label}`;
  const known = isFigure(name) ? figureFacts(name) : (BASELINES as Readonly<Record<string, { label: string }>>)[name];
  return known?.label ?? name.charAt(0).toUpperCase() + name.slice(1);
};
