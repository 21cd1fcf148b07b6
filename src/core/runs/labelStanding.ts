/** How a classifier does on held-out texts: its verdict and its milestones, by the interval of its accuracy. For app and terminal. */
import { formatCount } from '../base/units';
import { upperFirst } from '../base/firstLetter';
import {
  type Accuracy,
  accuracyIn,
  comparedWithCounting,
  type Counting,
  oneLabel,
  percent,
  rightWords,
  share,
  type StandingKind,
} from '../evaluate/labelResult';
import type { Evaluated } from '../metrics';
import type { BaselineFacts } from '../objectives/facts';

export interface LabelStanding {
  kind: StandingKind;
  judgement: string;
  evidence: string;
}

/** What is known of the held-out texts. */
interface HeldOut extends Counting {
  texts: number;
}

type LabelFacts = BaselineFacts['labels'];

const heldOutOf = (facts: LabelFacts): HeldOut => ({
  majority: facts?.accuracy?.majority,
  naiveBayes: facts?.accuracy?.naiveBayes,
  texts: Object.values(facts?.validation ?? {}).reduce((sum, texts) => sum + texts, 0),
});

/** What a classifier is judged by. */
export type MeasuredLabels = Pick<Evaluated, 'loss' | 'metrics'> & {
  readonly labels?: Pick<NonNullable<Evaluated['labels']>, 'right' | 'texts'>;
};

/** Undefined if no text was measured. Journals of older builds have the share alone: of all held-out texts. */
export function accuracyOf({ metrics, labels }: MeasuredLabels, facts: LabelFacts): Accuracy | undefined {
  const { accuracy } = metrics;
  const texts = labels?.texts ?? heldOutOf(facts).texts;
  if (!accuracy || texts === 0) return undefined;
  return accuracyIn(texts, labels?.right ?? Math.round((accuracy.value / 100) * texts));
}

/** Of a finished run, by the evaluation of the step that is used. */
export function labelStanding(evaluated: MeasuredLabels, facts: LabelFacts): LabelStanding | undefined {
  const own = accuracyOf(evaluated, facts);
  if (!own) return undefined;
  const { kind, verdict = `Finished: ${rightWords(own)}`, evidence } = comparedWithCounting(own, heldOutOf(facts));
  return { kind, judgement: verdict, evidence };
}

/** While it trains: what it learns, and how its accuracy changed over the last evaluations. */
export function labelProgress(
  evaluations: readonly (Evaluated & { step: number })[],
  facts: LabelFacts,
  labels: number,
): Pick<LabelStanding, 'judgement' | 'evidence'> | undefined {
  const last = evaluations.at(-1);
  const now = last && accuracyOf(last, facts);
  if (!now) return undefined;
  const judgement = `Learning the ${NUMBERS[labels] ?? formatCount(labels)} labels`;
  const { majority } = heldOutOf(facts);
  const guess = majority === undefined ? '' : ` ${upperFirst(oneLabel(majority))}.`;
  const earlier = evaluations.at(Math.max(-evaluations.length, -1 - SPAN))!;
  const before = accuracyOf(earlier, facts);
  if (earlier === last || !before) return { judgement, evidence: `Accuracy is ${percent(now.value)} so far.${guess}` };
  const change = now.right - before.right;
  const verb = change > 0 ? 'rose' : change < 0 ? 'fell' : 'stayed';
  const from = change === 0 ? `at ${percent(now.value)}` : `from ${percent(before.value)} to ${percent(now.value)}`;
  return {
    judgement,
    evidence: `Accuracy ${verb} ${from} in the last ${formatCount(last.step - earlier.step)} steps.${guess}`,
  };
}
/** Evaluations that a change is taken over. */
const SPAN = 4;
const NUMBERS: readonly string[] = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

interface LabelMilestone {
  id: keyof Counting;
  /** What the model can do, and the measure behind it. */
  title: string;
  measure: string;
  /** First step whose interval lies above the measure; null while that of the best step, which everyone uses, doesn't. */
  step: number | null;
  /** The measure is 100 %, so nothing is better. */
  isOutOfReach?: true;
}

/** Those that were measured, the easier first. */
export function labelMilestones(
  evaluations: readonly (Evaluated & { step: number })[],
  facts: LabelFacts,
): readonly LabelMilestone[] {
  const counting = heldOutOf(facts);
  const [best] = evaluations.toSorted((a, b) => a.loss - b.loss);
  const isAbove = (each: MeasuredLabels, measure: number): boolean => (accuracyOf(each, facts)?.low ?? 0) > measure;
  const reached = (measure: number): number | null =>
    best && isAbove(best, measure) ? evaluations.find((each) => isAbove(each, measure))!.step : null;
  return MILESTONES.flatMap(({ id, title, measure }) => {
    const theirs = counting[id];
    if (theirs === undefined) return [];
    if (id === 'naiveBayes' && theirs >= 100) return [PERFECT];
    return [{ id, title, measure: measure(share(theirs)), step: reached(theirs) }];
  });
}
const PERFECT: LabelMilestone = {
  ...{ id: 'naiveBayes', step: null, isOutOfReach: true },
  title: 'Word counting gets 100 %',
  measure: 'It can’t be beaten here',
};
const MILESTONES = [
  { id: 'majority', title: 'Better than one label for all', measure: (by: string) => `Past ${by}` },
  { id: 'naiveBayes', title: 'Beats word counting', measure: (by: string) => `Naive Bayes gets ${by}` },
] as const;
