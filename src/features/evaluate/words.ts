/** Text about an evaluation that only this page needs. */
import { counted, formatCount, formatReading } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import type { WhichSnapshot } from '../../core/checkpoint/snapshot';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { BASELINES, figureFacts, isFigure } from '../../core/evaluate/figures';
import { figureWords, judged } from '../../core/evaluate/words';
import type { EvaluatedOn, EvaluationRecord, KeptPart } from '../../core/runs/evaluations';
import { outOfDate, shownEvaluation } from '../../state/evaluate';
import { shownId } from '../../state/openRun';
import type { StandingKind } from '../../state/standing';
import type { Studio } from '../../state/slices/studio';

export {
  baselineWords,
  bestBaseline,
  documentsWords,
  estimateWords,
  figureWords,
  judged,
} from '../../core/evaluate/words';

/**
 * Standing of the next step's model by the shown evaluation. Undefined if the evaluation is of another run, step or
 * text, or of a classifier, whose standing is separate.
 */
export function evaluatedStanding(s: Studio): StandingKind | undefined {
  const saved = shownEvaluation(s);
  const isNextModel = shownId(s, 'evaluate') === shownId(s, 'train') && outOfDate(s).length === 0;
  if (!saved || !isNextModel || saved.record.part === 'text' || saved.record.evaluation.labelled) return undefined;
  return STANDINGS[judged(saved.record).kind];
}
const STANDINGS = { better: 'better', worse: 'worse', 'not distinguishable': 'level', unknown: undefined } as const;

/** Explains why Train shows another perplexity of the same step; undefined if it shows the same, or none. */
export function sampledWords(
  { step, part, evaluation }: Pick<EvaluationRecord, 'step' | 'part' | 'evaluation'>,
  trainingEvaluations: readonly { step: number; loss: number }[],
): string | undefined {
  const fullLoss = evaluation.labelled ? undefined : evaluation.metrics['loss']?.value;
  const sampleLoss = trainingEvaluations.findLast((each) => each.step === step)?.loss;
  if (part !== 'validation' || fullLoss === undefined || sampleLoss === undefined) return undefined;
  const [fullPerplexity, samplePerplexity] = [fullLoss, sampleLoss].map((loss) => formatReading(Math.exp(loss)));
  return fullPerplexity === samplePerplexity
    ? undefined
    : `Train shows perplexity ${samplePerplexity}, measured on a sample of this text.`;
}

/**
 * Reason why the shown evaluation is out of date: `Evaluated at step 1,000; the best is now 2,600`.
 * @param chosen the step that the page would evaluate now
 */
export function outOfDateWords(
  reasons: readonly ('step' | 'text' | 'tokenizer')[],
  { step }: Pick<EvaluationRecord, 'step'>,
  chosen: { step: number; which: WhichSnapshot },
): string {
  const { which } = chosen;
  const now =
    typeof which === 'number'
      ? `step ${formatCount(which)} is chosen`
      : `the ${which} is now ${formatCount(chosen.step)}`;
  const words = {
    step: `Evaluated at step ${formatCount(step)}; ${now}`,
    text: 'The text changed since this evaluation',
    tokenizer: 'The tokenizer changed since this evaluation',
  };
  return reasons.map((reason) => words[reason]).join('. ');
}

export const PART_NAMES: Readonly<Record<EvaluatedOn, string>> = {
  validation: 'Validation set',
  test: 'Test set',
  text: 'Your text',
};

/** `validation set`, or the name of the user's own text. */
export const measuredOnWords = ({ part, name }: { part: KeptPart; name?: string }): string =>
  name ?? (part === 'lists' ? part : PART_NAMES[part].toLowerCase());

/** How often the test set was used before; a sentence without its period. */
export const looksWords = (looks: number): string =>
  looks === 0 ? 'Not used for this run yet' : `Used ${looks === 1 ? 'once' : counted(looks, 'time')} for this run`;

/**
 * Says whether a longer context would help, if the last ranges show it.
 * @param context maximum number of tokens in the model's context
 */
export function contextWords(
  ranges: NonNullable<Evaluation['where']>['position'],
  context: number,
): string | undefined {
  const [previous, last] = ranges.slice(-2);
  if (!previous || !last) return undefined;
  const tokensPerPosition = ({ from, to, tokens }: typeof last): number => tokens / (Math.min(to, context) - from + 1);
  // A few documents that reach only the start of the range say nothing about its end.
  if (last.to < context || tokensPerPosition(last) < tokensPerPosition(previous) / 2)
    return `Too few documents fill the context of ${formatCount(context)} tokens to judge a longer one`;
  if (ranges.length < 4) return undefined;
  const gain = previous.loss - last.loss;
  if (gain > 0.02 * previous.loss) return 'Still falling at the end: a longer context may help';
  return 'Flat at the end: a longer context would help little';
}

/** `Most common mistake: “sea” predicted as “land”, 12 of 40 times`. */
export function confusionWords({ labels, counts }: NonNullable<Evaluation['confusion']>): string {
  const mistakes = counts.flatMap((row, actual) =>
    row.flatMap((count, predicted) => (predicted === actual || count === 0 ? [] : [{ count, actual, predicted }])),
  );
  const [worst] = mistakes.sort((a, b) => b.count - a.count);
  if (!worst) return 'No mistakes: every predicted label is right';
  const { actual, predicted, count } = worst;
  const total = counts[actual]!.reduce((a, b) => a + b, 0);
  return `Most common mistake: “${labels[actual]!}” predicted as “${labels[predicted]!}”, ${formatCount(count)} of ${counted(total, 'time')}`;
}

/** Label of a missing score or baseline; unknown names stay as they are. */
export const leftOutWords = (name: string): string => {
  const [, figure] = /^interval of (\w+)$/.exec(name) ?? [];
  if (figure !== undefined) return `Interval of ${figureWords(figure).label}`;
  const facts = isFigure(name) ? figureFacts(name) : (BASELINES as Readonly<Record<string, { label: string }>>)[name];
  return facts?.label ?? upperFirst(name);
};

/** Primary scores, in this order. Loss is equivalent to both perplexities, so it's primary only without them. */
const FIRST_SCORES = [
  ...['accuracy', 'macroF1', 'pseudoPerplexity', 'maskedAccuracy'],
  ...['perplexity', 'stridedPerplexity', 'bitsPerByte', 'top1', 'top5'],
  ...['exactMatch', 'chrf'],
] as const;

/** Ids of scores: primary ones, and those behind "More scores". The calibration error is next to its diagram. */
export function firstScores({ metrics, calibration }: Pick<Evaluation, 'metrics' | 'calibration'>): {
  first: readonly string[];
  more: readonly string[];
} {
  const present = FIRST_SCORES.filter((id) => metrics[id]);
  const first: readonly string[] = present.length > 0 || !metrics['loss'] ? present : ['loss'];
  const isElsewhere = (id: string): boolean => id === 'calibrationError' && calibration !== undefined;
  return { first, more: Object.keys(metrics).filter((id) => !first.includes(id) && !isElsewhere(id)) };
}
