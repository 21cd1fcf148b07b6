/** Judges a classifier by the interval of its accuracy on held-out texts: verdict and milestones. */
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

/** Facts on the held-out texts. */
interface HeldOut extends Counting {
  texts: number;
}

type LabelFacts = BaselineFacts['labels'];

const heldOutOf = (facts: LabelFacts): HeldOut => ({
  majority: facts?.accuracy?.majority,
  naiveBayes: facts?.accuracy?.naiveBayes,
  texts: Object.values(facts?.validation ?? {}).reduce((sum, texts) => sum + texts, 0),
});

/** Evaluation of a classifier. */
export type MeasuredLabels = Pick<Evaluated, 'loss' | 'metrics'> & {
  readonly labels?: Pick<NonNullable<Evaluated['labels']>, 'right' | 'texts'>;
};

/** Returns the accuracy; undefined without evaluated texts. Older journals only have the share of held-out texts. */
export function accuracyOf({ metrics, labels }: MeasuredLabels, facts: LabelFacts): Accuracy | undefined {
  const { accuracy } = metrics;
  const texts = labels?.texts ?? heldOutOf(facts).texts;
  if (!accuracy || texts === 0) return undefined;
  return accuracyIn(texts, labels?.right ?? Math.round((accuracy.value / 100) * texts));
}

/** Verdict on a finished run, by the evaluation of its default step. */
export function labelStanding(evaluated: MeasuredLabels, facts: LabelFacts): LabelStanding | undefined {
  const accuracy = accuracyOf(evaluated, facts);
  if (!accuracy) return undefined;
  const {
    kind,
    verdict = `Finished: ${rightWords(accuracy)}`,
    evidence,
  } = comparedWithCounting(accuracy, heldOutOf(facts));
  return { kind, judgement: verdict, evidence };
}

/** Progress during training: how accuracy changed over the last evaluations. */
export function labelProgress(
  evaluations: readonly (Evaluated & { step: number })[],
  facts: LabelFacts,
  labels: number,
): Pick<LabelStanding, 'judgement' | 'evidence'> | undefined {
  const last = evaluations.at(-1);
  const current = last && accuracyOf(last, facts);
  if (!current) return undefined;
  const judgement = `Learning the ${NUMBERS[labels] ?? formatCount(labels)} labels`;
  const { majority } = heldOutOf(facts);
  const majorityNote = majority === undefined ? '' : ` ${upperFirst(oneLabel(majority))}.`;
  const earlier = evaluations.at(Math.max(-evaluations.length, -1 - EVALUATIONS_SPANNED))!;
  const before = accuracyOf(earlier, facts);
  if (earlier === last || !before)
    return { judgement, evidence: `Accuracy is ${percent(current.value)} so far.${majorityNote}` };
  const change = current.right - before.right;
  const verb = change > 0 ? 'rose' : change < 0 ? 'fell' : 'stayed';
  const range =
    change === 0 ? `at ${percent(current.value)}` : `from ${percent(before.value)} to ${percent(current.value)}`;
  return {
    judgement,
    evidence: `Accuracy ${verb} ${range} in the last ${formatCount(last.step - earlier.step)} steps.${majorityNote}`,
  };
}
/** Number of evaluations that a change spans. */
const EVALUATIONS_SPANNED = 4;
const NUMBERS: readonly string[] = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

interface LabelMilestone {
  id: keyof Counting;
  /** Ability of the model, and the baseline it must beat. */
  title: string;
  measure: string;
  /** First step whose interval lies above the baseline; null unless the best step's interval does too. */
  step: number | null;
  /** Set if the baseline is 100 %, so nothing can beat it. */
  isOutOfReach?: true;
}

/** Milestones with a known baseline, the easier first. */
export function labelMilestones(
  evaluations: readonly (Evaluated & { step: number })[],
  facts: LabelFacts,
): readonly LabelMilestone[] {
  const counting = heldOutOf(facts);
  const [best] = evaluations.toSorted((a, b) => a.loss - b.loss);
  const isAbove = (evaluation: MeasuredLabels, measure: number): boolean =>
    (accuracyOf(evaluation, facts)?.low ?? 0) > measure;
  const firstStepAbove = (measure: number): number | null =>
    best && isAbove(best, measure) ? evaluations.find((evaluation) => isAbove(evaluation, measure))!.step : null;
  return MILESTONES.flatMap(({ id, title, measure }) => {
    const baseline = counting[id];
    if (baseline === undefined) return [];
    if (id === 'naiveBayes' && baseline >= 100) return [PERFECT];
    return [{ id, title, measure: measure(share(baseline)), step: firstStepAbove(baseline) }];
  });
}
const PERFECT: LabelMilestone = {
  ...{ id: 'naiveBayes', step: null, isOutOfReach: true },
  title: 'Word counting gets 100 %',
  measure: 'It can’t be beaten here',
};
const MILESTONES = [
  {
    id: 'majority',
    title: 'Better than one label for all',
    measure: (baselineShare: string) => `Past ${baselineShare}`,
  },
  {
    id: 'naiveBayes',
    title: 'Beats word counting',
    measure: (baselineShare: string) => `Naive Bayes gets ${baselineShare}`,
  },
] as const;
