/** What a run is judged to be: the kinds of verdicts, what a verdict is made of, and how good its news is. */
import type { Baseline } from '../objectives/objective';
import type { Ending } from './endingWord';
import type { Mean } from './meanAt';
import { MEMORIZING_GAP } from './memorizing';
import type { Headline } from './verdictWords';

export const VERDICT_KINDS = [
  'warmingUp', // too few evaluations, or not yet better than a unigram model
  'improving',
  'plateau', // validation loss no longer falls
  'underfitting', // late, and no better than a unigram model
  'overfitting', // validation loss rises while training loss falls, on a text that was read before
  'memorizing', // validation loss doesn't rise but is far above training loss, on a text that was read before
  'diverging', // worse than a uniform guess
  'unstable', // both losses rise, or validation loss does before the text was read once
  'tooLittleText', // noise hides whatever the curve does
  'degenerateSamples', // the loss is fine, and the samples say nothing
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

export interface Verdict {
  kind: VerdictKind;
  /** How the run came to rest; null while it trains. */
  ending: Ending | null;
  /** What is found, in a few words, without a full stop and without the ending. */
  finding: string;
  /** The same with the ending, as a heading: `Finished, and still improving`. */
  judgement: string;
  /** A sentence with numbers, and another one if the run ended early. */
  evidence: string;
  /** A sentence that says what to do. */
  next: string;
  /** Direction of the validation loss; null while noise hides it. */
  trend: 'falling' | 'rising' | 'level' | null;
  /** Validation loss minus training loss, in nats per token; null if the two don't compare or one is unknown. */
  gap: number | null;
}

/** What a verdict is made of. Losses are in nats per token, of labels per text; lists are in the order of steps. */
export interface RunCurve {
  /** Mean training loss around the step of an evaluation, as `meanAt` takes it of the steps after `after`. */
  trained: (step: number, after: number) => Mean | undefined;
  /** On the validation set. */
  evaluations: readonly Evaluation[];
  /** What the model wrote at an evaluation, without the prompt; absent or undefined if it isn't known. */
  written?: (step: number) => string | undefined;
  /** The data changed after this step: only what came later is judged. 0 if there was one text. */
  after: number;
  /** Steps of the whole plan. */
  planned: number;
  /** Steps of learning-rate warm-up. */
  warmup: number;
  /** How it came to rest; null while it trains. */
  ending: Ending | null;
  /** Where it ended before its last step, after so many evaluations without improvement. */
  early?: { step: number; evaluations: number } | undefined;
  /** Whether training and validation loss are of the same task, so that they compare. */
  isGapKnown: boolean;
  /** Metric of the losses in words. */
  headline: Headline;
  /** Losses without training, the worst first, as far as they are known. */
  baselines: readonly [Baseline, ...Baseline[]];
  /** Steps of an epoch; null if it isn't known. */
  epoch: number | null;
  /** Tokens of an evaluation. */
  evalTokens: number;
  /** Tokens of each part; null if they aren't known, and of a classifier, whose loss is per text. */
  text: { train: number; validation: number } | null;
  /** What could improve a run that has leveled off, as a sentence begins. */
  more: string;
}
export interface Evaluation {
  readonly step: number;
  readonly loss: number;
}

/** What a curve shows. `ended` follows the word of the ending: `, and still improving`; absent if the finding stands alone. */
export type Found = Omit<Verdict, 'ending' | 'judgement'> & { ended?: string };

/** News that nothing speaks against. A gap that memorizing makes is never good, whatever the loss does. */
export const isGood = ({ kind, gap }: Pick<Verdict, 'kind' | 'gap'>): boolean =>
  (kind === 'improving' || kind === 'plateau') && (gap ?? 0) <= MEMORIZING_GAP;

/** How good the news is; undefined while it is neither good nor bad. A plateau is worth a word as long as a stop saves time. */
export function toneOf(verdict: Pick<Verdict, 'kind' | 'ending' | 'gap'>): 'ok' | 'warn' | 'error' | undefined {
  const { kind, ending } = verdict;
  if (kind === 'diverging' || ending === 'failed') return 'error';
  if (kind === 'warmingUp') return undefined;
  return isGood(verdict) && (kind === 'improving' || ending !== null) ? 'ok' : 'warn';
}

/** Whether more steps of the same run don't lower its validation loss. */
export const isPastBest = ({ kind, trend }: Pick<Verdict, 'kind' | 'trend'>): boolean =>
  kind === 'plateau' || kind === 'overfitting' || (kind === 'memorizing' && trend !== 'falling');

/** Those that are judged. */
export const evaluationsOf = ({ evaluations, after }: RunCurve): readonly Evaluation[] =>
  evaluations.filter(({ step }) => after === 0 || step > after);
