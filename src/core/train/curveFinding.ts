/** Finding from a run's loss curve alone, without text size and samples. */
import { formatCount } from '../base/units';
import { nameOf } from '../metrics/words';
import type { Baseline } from '../objectives/objective';
import type { Mean } from './meanAt';
import { MEMORIZING_GAP } from './memorizing';
import { errorBetween, errorOf, MIN_CHANGE } from './noise';
import { type RunCurve, type Evaluation, evaluationsOf, type CurveFinding } from './verdict';
import { baselineWords, changeWords, lossWords, timesWords, twoDigits } from './verdictWords';

/** Smallest gap, in nats, that two decimals show. */
const MIN_SHOWN_GAP = 0.005;
/** Smallest gap between validation and training loss worth reporting, in nats. */
const MIN_GAP = 0.1;
/** Minimum number of evaluations in a trend; a long run uses a third of its evaluations. */
const MIN_TREND = 3;

/** Finding that the curve supports. Checks for divergence and overfitting first, then for a weak model. */
export function curveFinding(curve: RunCurve): CurveFinding {
  const { trained, after, headline, baselines } = curve;
  const uniform = baselines[0];
  const evaluations = evaluationsOf(curve);
  const last = evaluations.at(-1);
  const first = evaluations[0];
  if (!last || !first || last.step === after) return unevaluated(curve, last);

  const trainingLoss = trained(last.step, after)?.mean ?? Infinity;
  // A training loss below chance rules out divergence.
  const hasLearned = Number.isFinite(last.loss) && trainingLoss < uniform.loss - MIN_GAP;
  if (!hasLearned && !(last.loss <= Math.max(uniform.loss, first.loss) + MIN_GAP)) {
    return {
      kind: 'diverging',
      finding: uniform.before,
      evidence: `${headline.label} on the validation set is ${lossWords(headline, last.loss)} at step ${formatCount(last.step)}; ${baselineWords(headline, uniform)}.`,
      next: 'Train again with a lower learning rate: this one is too high for the model.',
      trend: 'rising',
      gap: null,
    };
  }

  const error = errorOf(evaluations, curve.evalTokens);
  const finite = evaluations.filter(({ loss }) => Number.isFinite(loss));
  const best = finite.reduce((a, b) => (a.loss <= b.loss ? a : b), last);
  const isWorse = ({ step, loss }: Evaluation): boolean => step > best.step && loss - best.loss > error;
  // One bad evaluation may be chance; two in a row are evidence.
  if (evaluations.length > 2 && evaluations.slice(-2).every(isWorse)) return worsening(curve, best, last);

  const facts = factsIn(curve, evaluations, error, isWorse(last));
  const baseline = baselines[1];
  if (baseline && last.loss > baseline.loss - MIN_CHANGE) return noBetter(facts, baseline);
  return { falling, level, unclear }[facts.trend ?? 'unclear'](facts);
}

/** Facts about a validation curve that support a finding. */
interface CurveFacts {
  curve: RunCurve;
  /** Number of evaluations. */
  count: number;
  last: Evaluation;
  /** Difference in nats that may be chance. */
  error: number;
  trend: 'falling' | 'level' | null;
  earlier: Evaluation;
  /** Newest evaluation in the trend. */
  newest: Evaluation;
  /** Training loss at `newest`, and the gap between both losses. */
  training: Mean | undefined;
  gap: number | null;
  /** Whether at least one epoch was complete at the last evaluation. */
  isEpochComplete: boolean;
}

function factsIn(curve: RunCurve, evaluations: readonly Evaluation[], error: number, isWorse: boolean): CurveFacts {
  const { earlier, latest } = trendEnds(evaluations, error);
  const trend = earlier.loss - latest.loss > error ? 'falling' : evaluations.length <= MIN_TREND ? null : 'level';
  const newest = trend === 'level' && isWorse ? evaluations.at(-2)! : latest;
  const training = curve.isGapKnown ? curve.trained(newest.step, curve.after) : undefined;
  const gap = training === undefined ? null : newest.loss - training.mean;
  const isEpochComplete = (epochsAt(curve, evaluations.at(-1)!.step) ?? 0) >= 1;
  return {
    curve,
    count: evaluations.length,
    last: evaluations.at(-1)!,
    error,
    trend,
    earlier,
    newest,
    training,
    gap,
    isEpochComplete,
  };
}

/** `; training perplexity was 60.3, 0.45 nats below` */
function gapClause({ curve: { headline }, training, gap }: CurveFacts): string {
  if (training === undefined || gap === null) return '';
  const difference =
    Math.abs(gap) < MIN_SHOWN_GAP ? '' : `, ${Math.abs(gap).toFixed(2)} nats ${gap < 0 ? 'above' : 'below'}`;
  return `; training ${nameOf(headline)} was ${lossWords(headline, training.mean)}${difference}`;
}

/** Clause about an evaluation after the trend; empty if there is none. */
const lastEvaluationClause = ({ curve: { headline }, last, newest }: CurveFacts): string =>
  newest === last ? '' : `; the last evaluation, ${lossWords(headline, last.loss)}, may be chance`;

function noBetter({ curve, last, trend, gap }: CurveFacts, baseline: Baseline): CurveFinding {
  const { headline, after, planned, ending } = curve;
  // A run stopped while its loss fell had too little time to be judged.
  const isLate = last.step - after > (planned - after) / 2 || (ending !== null && trend !== 'falling');
  return {
    kind: isLate ? 'underfitting' : 'warmingUp',
    finding: isLate ? 'Hardly learning' : baseline.before,
    evidence: `${headline.label} on the validation set is ${lossWords(headline, last.loss)} at step ${formatCount(last.step)}; ${baselineWords(headline, baseline)}.`,
    next: isLate ? 'Try a higher learning rate or more steps.' : ending === null ? 'Keep training.' : 'Train longer.',
    trend,
    gap,
  };
}

function falling(facts: CurveFacts): CurveFinding {
  const { curve, error, earlier, newest, training, gap, isEpochComplete, trend } = facts;
  const { headline, ending } = curve;
  const fell = earlier.loss - newest.loss;
  const fall = `${headline.label} on text it never saw fell from ${lossWords(headline, earlier.loss)} to ${lossWords(headline, newest.loss)} between steps ${formatCount(earlier.step)} and ${formatCount(newest.step)}`;
  const clauses = `${lastEvaluationClause(facts)}${gapClause(facts)}.`;
  const isWide = (gap ?? 0) > MEMORIZING_GAP;
  if (isWide && isEpochComplete) {
    const before = curve.trained(earlier.step, curve.after);
    // Subtracts the error margin from one fall and adds it to the other, so that chance can't explain the ratio.
    const faster =
      training && before && (before.mean - training.mean - errorBetween(before, training)) / (fell + error) > 1.5
        ? `, and ${timesWords((before.mean - training.mean) / fell)} as fast on the training text`
        : '';
    return {
      kind: 'memorizing',
      finding: ending === null ? 'Learning, and starting to memorize' : 'Starting to memorize',
      endingSuffix: ', and starting to memorize',
      evidence: `${fall}${faster}${clauses}`,
      next: 'Add more text or raise the dropout, so that the two stay together.',
      ...{ trend, gap },
    };
  }
  const advice = ending === null ? 'Keep training.' : 'Train longer to lower it further.';
  return {
    kind: 'improving',
    finding: ending === null ? 'Learning' : 'Still improving',
    endingSuffix: ', and still improving',
    evidence: `${fall}${clauses}`,
    next: isWide ? CHECK_VALIDATION_SET : advice,
    ...{ trend, gap },
  };
}
/** Advice for a wide gap before the first epoch is complete, which memorization can't cause. */
const CHECK_VALIDATION_SET = 'Check that the validation set is like the training text.';

function level(facts: CurveFacts): CurveFinding {
  const { curve, last, error, earlier, newest, gap, isEpochComplete, trend } = facts;
  const { headline, more } = curve;
  const sentence = `${headline.label} on the validation set stayed near ${lossWords(headline, newest.loss)} for the last ${formatCount(last.step - earlier.step)} steps, within the ${changeWords(headline, error, newest.loss)} that may be chance`;
  const hasGap = (gap ?? 0) > MIN_GAP && isEpochComplete;
  const isWide = (gap ?? 0) > MEMORIZING_GAP;
  return {
    kind: isWide && isEpochComplete ? 'memorizing' : 'plateau',
    finding: 'No longer improving',
    endingSuffix: ', no longer improving',
    evidence: `${sentence}${lastEvaluationClause(facts)}${gapClause(facts)}.`,
    next:
      isWide && !isEpochComplete
        ? CHECK_VALIDATION_SET
        : `${hasGap ? 'More text or more dropout' : more} would help more than more steps.`,
    ...{ trend, gap },
  };
}

function unclear(facts: CurveFacts): CurveFinding {
  const { curve, count, last, error, earlier, newest, trend, gap } = facts;
  const { headline, ending } = curve;
  const reading = `${lossWords(headline, last.loss)} at step ${formatCount(last.step)}`;
  const change = `${headline.label} on the validation set was ${lossWords(headline, earlier.loss)} at step ${formatCount(earlier.step)} and is ${reading}`;
  return {
    ...tooEarly(ending),
    evidence:
      count === 1
        ? `${headline.label} on the validation set is ${reading}, measured once.`
        : `${change}: ${count} evaluations, and differences below ${changeWords(headline, error, newest.loss)} may be chance${gapClause(facts)}.`,
    ...{ trend, gap },
  };
}

const tooEarly = (ending: RunCurve['ending']) => ({
  kind: 'warmingUp' as const,
  finding: 'Too early to tell',
  endingSuffix: ' before it could be judged',
  next: ending === null ? 'Wait for the next evaluations.' : 'Train longer.',
});

function unevaluated({ ending, headline, baselines }: RunCurve, last: Evaluation | undefined): CurveFinding {
  const unknown = { trend: null, gap: null };
  if (last === undefined) {
    const finding = ending === null ? 'Just started' : 'Not judged yet';
    const next = ending === null ? 'Wait for the first evaluation.' : 'Train longer.';
    return { kind: 'warmingUp', finding, evidence: 'Not evaluated on the validation set yet.', next, ...unknown };
  }
  const evidence = `${headline.label} is ${lossWords(headline, last.loss)} before the first step; ${baselineWords(headline, baselines[0])}.`;
  const early = tooEarly(ending);
  return { ...early, ...(ending === null && { finding: 'Just started' }), evidence, ...unknown };
}

/** Finding if validation loss rose by more than chance. */
function worsening(curve: RunCurve, best: Evaluation, last: Evaluation): CurveFinding {
  const { headline, after, trained, isGapKnown } = curve;
  const [trainingAtBest, training] = [best, last].map(({ step }) => trained(step, after));
  const rise = `${headline.label} on the validation set rose from ${lossWords(headline, best.loss)} to ${lossWords(headline, last.loss)} since step ${formatCount(best.step)}`;
  const change = training && trainingAtBest ? training.mean - trainingAtBest.mean : 0;
  const isKnown =
    training !== undefined && trainingAtBest !== undefined && Math.abs(change) > errorBetween(trainingAtBest, training);
  const trainingClause = isKnown
    ? `on the training text from ${lossWords(headline, trainingAtBest.mean)} to ${lossWords(headline, training.mean)}`
    : '';
  const shared = { trend: 'rising' as const, gap: isGapKnown && training ? last.loss - training.mean : null };
  if (isKnown && change > 0) {
    return {
      kind: 'unstable',
      finding: 'The loss is rising',
      evidence: `${rise}, and ${trainingClause}.`,
      next: 'Use a lower learning rate or gradient clipping.',
      ...shared,
    };
  }
  const fall = isKnown ? `, while it fell ${trainingClause}` : '';
  const epochs = epochsAt(curve, last.step);
  if (epochs === null || epochs < 1) {
    const epochClause = epochs === null ? '' : `, in ${twoDigits(epochs)} epochs: too few to memorize the text`;
    return {
      kind: 'unstable',
      finding: 'Getting worse on text it never saw',
      evidence: `${rise}${fall}${epochClause}.`,
      next: 'Use a lower learning rate, or check that the validation set is like the training text.',
      ...shared,
    };
  }
  const bestStep = formatCount(best.step);
  return {
    kind: 'overfitting',
    finding: `Overfitting since step ${bestStep}`,
    endingSuffix: `; best at step ${bestStep}`,
    evidence: `${rise}${fall}, after ${twoDigits(epochs)} epochs.`,
    next: 'Add more text, raise the dropout or train a smaller model.',
    ...shared,
  };
}

/** Epochs from the last change of the data up to a step. */
const epochsAt = ({ after, epoch }: RunCurve, step: number): number | null =>
  epoch === null ? null : (step - after) / epoch;

/**
 * Returns the ends of the fall over `MIN_TREND` evaluations, or a third of all if that is more. The fall ends at the last
 * evaluation, or at the one before if only that one fell: a curve is level when two in a row say so.
 */
function trendEnds(evaluations: readonly Evaluation[], error: number): { earlier: Evaluation; latest: Evaluation } {
  const span = Math.max(MIN_TREND, Math.floor(evaluations.length / 3));
  const endsAt = (end: number) => ({ earlier: evaluations[Math.max(0, end - span)]!, latest: evaluations[end]! });
  const end = evaluations.length - 1;
  const [last, before] = [endsAt(end), endsAt(Math.max(0, end - 1))];
  const fell = ({ earlier, latest }: typeof last): boolean => earlier.loss - latest.loss > error;
  return fell(last) || !fell(before) ? last : before;
}
