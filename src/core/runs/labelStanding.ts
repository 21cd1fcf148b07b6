/** How a classifier does on held-out texts: its verdict and its milestones, by the interval of its accuracy. For app and terminal. */
import { counted, formatCount, formatShare } from '../base/units';
import type { Evaluated } from '../metrics';
import type { Estimate } from '../metrics/metric';
import { shareOf } from '../metrics/share';
import type { BaselineFacts } from '../objectives/facts';

/** `level`: so few texts can't show which of the two is better. */
export type StandingKind = 'better' | 'level' | 'worse' | 'no better than one label' | 'unknown';

export interface LabelStanding {
  kind: StandingKind;
  judgement: string;
  evidence: string;
}

/** Percent of held-out texts that get the right label without a model; undefined if that wasn't measured. */
interface Counting {
  majority: number | undefined;
  naiveBayes: number | undefined;
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

/** Texts that an evaluation measured, how many were right, and where the accuracy lies, in percent. */
export interface Accuracy extends Required<Estimate> {
  texts: number;
  right: number;
}

/** Undefined if no text was measured. Journals of older builds have the share alone: of all held-out texts. */
export function accuracyOf({ metrics, labels }: MeasuredLabels, facts: LabelFacts): Accuracy | undefined {
  const { accuracy } = metrics;
  const texts = labels?.texts ?? heldOutOf(facts).texts;
  if (!accuracy || texts === 0) return undefined;
  const right = labels?.right ?? Math.round((accuracy.value / 100) * texts);
  return { ...shareOf(right, texts), texts, right };
}

/** Of a finished run, by the evaluation of the step that is used. */
export function labelStanding(evaluated: MeasuredLabels, facts: LabelFacts): LabelStanding | undefined {
  const own = accuracyOf(evaluated, facts);
  if (!own) return undefined;
  const { majority, naiveBayes, texts } = heldOutOf(facts);
  const finished = `Finished: ${formatCount(own.right)} of ${counted(own.texts, 'text')} right`;
  if (majority !== undefined && own.low <= majority) {
    const evidence = `Accuracy ${percent(own.value)}; always guessing one label gives ${share(majority)}.`;
    return { kind: 'no better than one label', judgement: "It hasn't learned the labels", evidence };
  }
  if (naiveBayes === undefined) {
    return { kind: 'unknown', judgement: finished, evidence: `Accuracy ${intervalWords(own)} on texts it never saw.` };
  }
  // Of a part of the held-out texts alone the two counts don't compare.
  const theirs = own.texts === texts ? formatCount(Math.round((naiveBayes / 100) * texts)) : share(naiveBayes);
  if (own.high < naiveBayes) {
    const mine = own.texts === texts ? `${formatCount(own.right)} of ${formatCount(texts)}` : percent(own.value);
    const evidence = `${mine} against ${theirs}. Training first on plain text of this kind may help.`;
    return { kind: 'worse', judgement: 'A word-count model still beats it', evidence };
  }
  return own.low > naiveBayes
    ? {
        kind: 'better',
        judgement: finished,
        evidence: `Better than a word-count model (naive Bayes), which gets ${theirs}.`,
      }
    : {
        kind: 'level',
        judgement: finished,
        evidence: `A word-count model (naive Bayes) gets ${theirs}: too few texts to say which model is better.`,
      };
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
  const guess = majority === undefined ? '' : ` Always guessing one label gives ${share(majority)}.`;
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

export interface LabelMilestone {
  id: keyof Counting;
  /** What the model can do, and the measure behind it. */
  title: string;
  measure: string;
  /** First step whose interval lies above the measure; null while none does. */
  step: number | null;
}

/** Those that were measured, the easier first. */
export function labelMilestones(
  evaluations: readonly (Evaluated & { step: number })[],
  facts: LabelFacts,
): readonly LabelMilestone[] {
  const counting = heldOutOf(facts);
  const reached = (above: number): number | null =>
    evaluations.find((each) => (accuracyOf(each, facts)?.low ?? 0) > above)?.step ?? null;
  return MILESTONES.flatMap(({ id, title, measure }) => {
    const theirs = counting[id];
    return theirs === undefined ? [] : [{ id, title, measure: measure(share(theirs)), step: reached(theirs) }];
  });
}
const MILESTONES = [
  { id: 'majority', title: 'Better than one label for all', measure: (by: string) => `Past ${by}` },
  { id: 'naiveBayes', title: 'Beats word counting', measure: (by: string) => `Naive Bayes gets ${by}` },
] as const;

/** `93.3 %, 84.1 to 97.4` */
export const intervalWords = ({ value, low, high }: Required<Estimate>): string =>
  `${percent(value)}, ${percentNumber(low)} to ${percentNumber(high)}`;

/** Percent, as an accuracy is measured: `75.0 %`. */
const percent = (value: number): string => `${percentNumber(value)} %`;
/** `75.0`, and `100` of all. */
export const percentNumber = (value: number): string =>
  value === 0 || value === 100 ? String(value) : value.toFixed(1);
/** Of a baseline, which is exact: `50 %`. */
const share = (value: number): string => formatShare(Number((value / 100).toPrecision(3)));
