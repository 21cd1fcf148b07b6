/** Finding from a run's loss curve alone, without text size and samples. */
import { formatCount } from '../base/units';
import { nameOf } from '../metrics/words';
import type { Baseline } from '../objectives/objective';
import type { Mean } from './meanAt';
import { MEMORIZING_GAP } from './memorizing';
import { errorBetween, errorOf, MIN_CHANGE } from './noise';
import { type RunCurve, type Evaluation, evaluationsOf, type Found } from './verdict';
import { baselineWords, changeWords, lossWords, timesWords, twoDigits } from './verdictWords';

/** Smallest gap, in nats, that two decimals show. */
const MIN_SHOWN_GAP = 0.005;
/** Smallest gap between validation and training loss worth reporting, in nats. */
const GAP = 0.1;
/** Minimum number of evaluations in a trend; a long run uses a third of its evaluations. */
const TREND = 3;

export function curveFinding(curve: RunCurve): Found {
  const { trained, after, headline, baselines } = curve;
  const chance = baselines[0];
  const evaluations = evaluationsOf(curve);
  const last = evaluations.at(-1);
  const first = evaluations[0];
  if (!last || !first || last.step === after) return unevaluated(curve, last);

  const trainingLoss = trained(last.step, after)?.mean ?? Infinity;
  // A training loss below chance rules out divergence.
  const hasLearned = Number.isFinite(last.loss) && trainingLoss < chance.loss - GAP;
  if (!hasLearned && !(last.loss <= Math.max(chance.loss, first.loss) + GAP)) {
    return {
      kind: 'diverging',
      finding: chance.before,
      evidence: `${headline.label} on the validation set is ${lossWords(headline, last.loss)} at step ${formatCount(last.step)}; ${baselineWords(headline, chance)}.`,
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
  if (evaluations.length > 2 && evaluations.slice(-2).every(isWorse)) return risen(curve, best, last);

  const facts = factsIn(curve, evaluations, error, isWorse(last));
  const known = baselines[1];
  if (known && last.loss > known.loss - MIN_CHANGE) return noBetter(facts, known);
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
  until: Evaluation;
  /** Training loss at `until`, and the gap to it. */
  now: Mean | undefined;
  gap: number | null;
  /** Whether at least one epoch was complete at the last evaluation. */
  isRead: boolean;
}

function factsIn(curve: RunCurve, evaluations: readonly Evaluation[], error: number, isWorse: boolean): CurveFacts {
  const { earlier, at } = fallOf(evaluations, error);
  const trend = earlier.loss - at.loss > error ? 'falling' : evaluations.length <= TREND ? null : 'level';
  const until = trend === 'level' && isWorse ? evaluations.at(-2)! : at;
  const now = curve.isGapKnown ? curve.trained(until.step, curve.after) : undefined;
  const gap = now === undefined ? null : until.loss - now.mean;
  const isRead = (epochsAt(curve, evaluations.at(-1)!.step) ?? 0) >= 1;
  return {
    curve,
    count: evaluations.length,
    last: evaluations.at(-1)!,
    error,
    trend,
    earlier,
    until,
    now,
    gap,
    isRead,
  };
}

/** `; training perplexity was 60.3, 0.45 nats below` */
function gapClause({ curve: { headline }, now, gap }: CurveFacts): string {
  if (now === undefined || gap === null) return '';
  const difference =
    Math.abs(gap) < MIN_SHOWN_GAP ? '' : `, ${Math.abs(gap).toFixed(2)} nats ${gap < 0 ? 'above' : 'below'}`;
  return `; training ${nameOf(headline)} was ${lossWords(headline, now.mean)}${difference}`;
}

/** Clause about an evaluation after the trend; empty if there is none. */
const loneClause = ({ curve: { headline }, last, until }: CurveFacts): string =>
  until === last ? '' : `; the last evaluation, ${lossWords(headline, last.loss)}, may be chance`;

function noBetter({ curve, last, trend, gap }: CurveFacts, known: Baseline): Found {
  const { headline, after, planned, ending } = curve;
  // A run stopped while its loss fell had too little time to be judged.
  const isLate = last.step - after > (planned - after) / 2 || (ending !== null && trend !== 'falling');
  return {
    kind: isLate ? 'underfitting' : 'warmingUp',
    finding: isLate ? 'Hardly learning' : known.before,
    evidence: `${headline.label} on the validation set is ${lossWords(headline, last.loss)} at step ${formatCount(last.step)}; ${baselineWords(headline, known)}.`,
    next: isLate ? 'Try a higher learning rate or more steps.' : ending === null ? 'Keep training.' : 'Train longer.',
    trend,
    gap,
  };
}

function falling(facts: CurveFacts): Found {
  const { curve, error, earlier, until, now, gap, isRead, trend } = facts;
  const { headline, ending } = curve;
  const fell = earlier.loss - until.loss;
  const fall = `${headline.label} on text it never saw fell from ${lossWords(headline, earlier.loss)} to ${lossWords(headline, until.loss)} between steps ${formatCount(earlier.step)} and ${formatCount(until.step)}`;
  const rest = `${loneClause(facts)}${gapClause(facts)}.`;
  const isWide = (gap ?? 0) > MEMORIZING_GAP;
  if (isWide && isRead) {
    const before = curve.trained(earlier.step, curve.after);
    // Subtracts the error margin from one fall and adds it to the other, so that chance can't explain the ratio.
    const faster =
      now && before && (before.mean - now.mean - errorBetween(before, now)) / (fell + error) > 1.5
        ? `, and ${timesWords((before.mean - now.mean) / fell)} as fast on the training text`
        : '';
    return {
      kind: 'memorizing',
      finding: ending === null ? 'Learning, and starting to memorize' : 'Starting to memorize',
      ended: ', and starting to memorize',
      evidence: `${fall}${faster}${rest}`,
      next: 'Add more text or raise the dropout, so that the two stay together.',
      ...{ trend, gap },
    };
  }
  const onward = ending === null ? 'Keep training.' : 'Train longer to lower it further.';
  return {
    kind: 'improving',
    finding: ending === null ? 'Learning' : 'Still improving',
    ended: ', and still improving',
    evidence: `${fall}${rest}`,
    next: isWide ? UNLIKE : onward,
    ...{ trend, gap },
  };
}
/** Advice for a wide gap before the first epoch is complete, which memorization can't cause. */
const UNLIKE = 'Check that the validation set is like the training text.';

function level(facts: CurveFacts): Found {
  const { curve, last, error, earlier, until, gap, isRead, trend } = facts;
  const { headline, more } = curve;
  const near = `${headline.label} on the validation set stayed near ${lossWords(headline, until.loss)} for the last ${formatCount(last.step - earlier.step)} steps, within the ${changeWords(headline, error, until.loss)} that may be chance`;
  const hasGap = (gap ?? 0) > GAP && isRead;
  const isWide = (gap ?? 0) > MEMORIZING_GAP;
  return {
    kind: isWide && isRead ? 'memorizing' : 'plateau',
    finding: 'No longer improving',
    ended: ', no longer improving',
    evidence: `${near}${loneClause(facts)}${gapClause(facts)}.`,
    next:
      isWide && !isRead ? UNLIKE : `${hasGap ? 'More text or more dropout' : more} would help more than more steps.`,
    ...{ trend, gap },
  };
}

function unclear(facts: CurveFacts): Found {
  const { curve, count, last, error, earlier, until, trend, gap } = facts;
  const { headline, ending } = curve;
  const now = `${lossWords(headline, last.loss)} at step ${formatCount(last.step)}`;
  const change = `${headline.label} on the validation set was ${lossWords(headline, earlier.loss)} at step ${formatCount(earlier.step)} and is ${now}`;
  return {
    ...tooEarly(ending),
    evidence:
      count === 1
        ? `${headline.label} on the validation set is ${now}, measured once.`
        : `${change}: ${count} evaluations, and differences below ${changeWords(headline, error, until.loss)} may be chance${gapClause(facts)}.`,
    ...{ trend, gap },
  };
}

const tooEarly = (ending: RunCurve['ending']) => ({
  kind: 'warmingUp' as const,
  finding: 'Too early to tell',
  ended: ' before it could be judged',
  next: ending === null ? 'Wait for the next evaluations.' : 'Train longer.',
});

function unevaluated({ ending, headline, baselines }: RunCurve, last: Evaluation | undefined): Found {
  const none = { trend: null, gap: null };
  if (last === undefined) {
    const finding = ending === null ? 'Just started' : 'Not judged yet';
    const next = ending === null ? 'Wait for the first evaluation.' : 'Train longer.';
    return { kind: 'warmingUp', finding, evidence: 'Not evaluated on the validation set yet.', next, ...none };
  }
  const evidence = `${headline.label} is ${lossWords(headline, last.loss)} before the first step; ${baselineWords(headline, baselines[0])}.`;
  const early = tooEarly(ending);
  return { ...early, ...(ending === null && { finding: 'Just started' }), evidence, ...none };
}

/** Finding if validation loss rose by more than chance. */
function risen(curve: RunCurve, best: Evaluation, last: Evaluation): Found {
  const { headline, after, trained, isGapKnown } = curve;
  const [before, now] = [best, last].map(({ step }) => trained(step, after));
  const rise = `${headline.label} on the validation set rose from ${lossWords(headline, best.loss)} to ${lossWords(headline, last.loss)} since step ${formatCount(best.step)}`;
  const change = now && before ? now.mean - before.mean : 0;
  const isKnown = now !== undefined && before !== undefined && Math.abs(change) > errorBetween(before, now);
  const both = isKnown
    ? `on the training text from ${lossWords(headline, before.mean)} to ${lossWords(headline, now.mean)}`
    : '';
  const rest = { trend: 'rising' as const, gap: isGapKnown && now ? last.loss - now.mean : null };
  if (isKnown && change > 0) {
    return {
      kind: 'unstable',
      finding: 'The loss is rising',
      evidence: `${rise}, and ${both}.`,
      next: 'Use a lower learning rate or gradient clipping.',
      ...rest,
    };
  }
  const fall = isKnown ? `, while it fell ${both}` : '';
  const epochs = epochsAt(curve, last.step);
  if (epochs === null || epochs < 1) {
    const read = epochs === null ? '' : `, in ${twoDigits(epochs)} epochs: too few to memorize the text`;
    return {
      kind: 'unstable',
      finding: 'Getting worse on text it never saw',
      evidence: `${rise}${fall}${read}.`,
      next: 'Use a lower learning rate, or check that the validation set is like the training text.',
      ...rest,
    };
  }
  const since = formatCount(best.step);
  return {
    kind: 'overfitting',
    finding: `Overfitting since step ${since}`,
    ended: `; best at step ${since}`,
    evidence: `${rise}${fall}, after ${twoDigits(epochs)} epochs.`,
    next: 'Add more text, raise the dropout or train a smaller model.',
    ...rest,
  };
}

/** Epochs from the last change of the data up to a step. */
const epochsAt = ({ after, epoch }: RunCurve, step: number): number | null =>
  epoch === null ? null : (step - after) / epoch;

/**
 * Returns the ends of the fall over `TREND` evaluations, or a third of all if that is more. The fall ends at the last
 * evaluation, or at the one before if only that one fell: a curve is level when two in a row say so.
 */
function fallOf(evaluations: readonly Evaluation[], error: number): { earlier: Evaluation; at: Evaluation } {
  const span = Math.max(TREND, Math.floor(evaluations.length / 3));
  const to = (end: number) => ({ earlier: evaluations[Math.max(0, end - span)]!, at: evaluations[end]! });
  const end = evaluations.length - 1;
  const [last, before] = [to(end), to(Math.max(0, end - 1))];
  const fell = ({ earlier, at }: typeof last): boolean => earlier.loss - at.loss > error;
  return fell(last) || !fell(before) ? last : before;
}
