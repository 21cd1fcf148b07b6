/** Verdicts on a run: their kinds, their input and their tone. */
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
  'overfitting', // validation loss rises while training loss falls, after the first epoch
  'memorizing', // validation loss doesn't rise but is far above training loss, after the first epoch
  'diverging', // worse than a uniform guess
  'unstable', // both losses rise, or validation loss rises during the first epoch
  'tooLittleText', // noise hides the curve
  'degenerateSamples', // the loss is good, but samples are empty, undecodable or repetitive
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

export interface Verdict {
  kind: VerdictKind;
  /** How the run ended; null during training. */
  ending: Ending | null;
  /** Finding in a few words, without a period and without the ending. */
  finding: string;
  /** Finding with the ending, as a heading: `Finished, and still improving`. */
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

/** Input of a verdict. Losses are in nats per token, or per text for labels; lists are in the order of steps. */
export interface RunCurve {
  /** Mean training loss at the step of an evaluation, by `meanAt` over the steps after `after`. */
  trained: (step: number, after: number) => Mean | undefined;
  /** Evaluations on the validation set. */
  evaluations: readonly Evaluation[];
  /** Generated text at an evaluation, without the prompt; absent or undefined if unknown. */
  written?: (step: number) => string | undefined;
  /** Step after which the data changed; only later evaluations are judged. 0 if the data never changed. */
  after: number;
  /** Planned number of steps. */
  planned: number;
  /** Steps of learning-rate warm-up. */
  warmup: number;
  /** How the run ended; null during training. */
  ending: Ending | null;
  /** Step at which early stopping ended the run, and the number of evaluations without improvement. */
  early?: { step: number; evaluations: number } | undefined;
  /** Whether training and validation loss measure the same task, so that they compare. */
  isGapKnown: boolean;
  /** Metric in which losses are shown. */
  headline: Headline;
  /** Known losses of baselines, worst first. */
  baselines: readonly [Baseline, ...Baseline[]];
  /** Steps per epoch; null if unknown. */
  epoch: number | null;
  /** Tokens per evaluation. */
  evalTokens: number;
  /** Tokens of each part; null if unknown, and for a classifier, whose loss is per text. */
  text: { train: number; validation: number } | null;
  /** Suggestion for a run that has leveled off, as the beginning of a sentence. */
  more: string;
}
export interface Evaluation {
  readonly step: number;
  readonly loss: number;
}

/** Finding from a curve. `endingSuffix` follows the ending's word: `, and still improving`; absent if unused. */
export type CurveFinding = Omit<Verdict, 'ending' | 'judgement'> & { endingSuffix?: string };

/** Whether a verdict is good: improving or level, without a gap that shows memorization. */
export const isGood = ({ kind, gap }: Pick<Verdict, 'kind' | 'gap'>): boolean =>
  (kind === 'improving' || kind === 'plateau') && (gap ?? 0) <= MEMORIZING_GAP;

/** Tone of a verdict; undefined if neutral. A plateau during training is a warning, because stopping saves time. */
export function toneOf(verdict: Pick<Verdict, 'kind' | 'ending' | 'gap'>): 'ok' | 'warn' | 'error' | undefined {
  const { kind, ending } = verdict;
  if (kind === 'diverging' || ending === 'failed') return 'error';
  if (kind === 'warmingUp') return undefined;
  return isGood(verdict) && (kind === 'improving' || ending !== null) ? 'ok' : 'warn';
}

/** Whether more steps are unlikely to lower the run's validation loss. */
export const isPastBest = ({ kind, trend }: Pick<Verdict, 'kind' | 'trend'>): boolean =>
  kind === 'plateau' || kind === 'overfitting' || (kind === 'memorizing' && trend !== 'falling');

/** Evaluations that are judged. */
export const evaluationsOf = ({ evaluations, after }: RunCurve): readonly Evaluation[] =>
  evaluations.filter(({ step }) => after === 0 || step > after);
