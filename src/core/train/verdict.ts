/** A verdict on a run in words, with the numbers behind it. */
import { counted, formatCount, formatNumber, formatReading } from '../base/units';
import type { Metric, Scale } from '../metrics/metric';
import { inShort, nameOf, valueWords } from '../metrics/words';
import type { Baseline } from '../objectives/objective';
import { endingWord } from './endingWord';

export type VerdictKind =
  | 'beginning' // too little is known
  | 'blind' // not better than guessing by frequency
  | 'stuck' // the same, and late
  | 'learning'
  | 'memorising' // still learning, but the training text faster than the held-out text, which takes reading it again
  | 'level' // no longer learning, hardly a gap: underfitting
  | 'level-memorised' // no longer learning, with a gap
  | 'overfitting' // held-out loss rises while training loss falls, on a text that was read before
  | 'unsteady' // both rise, or held-out loss does before the text was read once
  | 'diverging'; // worse than a uniform guess

export interface Verdict {
  kind: VerdictKind;
  /** A few words, without a full stop. */
  judgement: string;
  /** Sentences with numbers. */
  evidence: string;
  /** Where held-out loss goes; null while that cannot be told from noise. */
  trend: 'falling' | 'rising' | 'level' | null;
}

/** Losses are in nats per token, of labels per text; the list is in the order of its steps. */
export interface Course {
  /** Mean training loss around the step of an evaluation, as `meanAt` takes it of the steps after `after`. */
  trained: (step: number, after: number) => Mean | undefined;
  /** On held-out text. */
  evaluations: readonly Evaluation[];
  /** The data changed after this step: only what came later is judged. 0 where there was one text. */
  after: number;
  /** Steps of the whole plan. */
  planned: number;
  isOver: boolean;
  /** Of one that is over before its last step, where it didn't end by itself. */
  cut?: 'stopped' | 'interrupted' | undefined;
  /** Where it ended before its last step, after so many evaluations without improvement. */
  early?: { step: number; evaluations: number } | undefined;
  /** Whether the loss of a step and that on held-out text are of the same task, so that one can be above the other. */
  isGapKnown: boolean;
  /** In which losses are told. */
  headline: Metric & { scale: Scale };
  /** What is reached without learning, the worst first, as far as it is known. */
  baselines: readonly [Baseline, ...Baseline[]];
  /** Steps in which what there is to learn from is read once; null where that is not known. */
  epoch: number | null;
  /** That an evaluation measures. */
  evalTokens: number;
  /** What could learn more where this has levelled off, as a sentence begins. */
  more: string;
}
interface Curve {
  readonly step: readonly number[];
  readonly loss: readonly number[];
}
interface Evaluation {
  readonly step: number;
  readonly loss: number;
}

/** Changes below this many nats, 1 % of a perplexity, are not spoken of as changes, however well they are known. */
const LEAST = 0.01;
/** A gap of less is none in the digits that it is told with. */
const SHOWN = 0.005;
/** A gap between held-out and training loss that is worth a word. */
const GAP = 0.1;
/** Evaluations that a trend is taken over, at least; of a long run a third. */
const TREND = 3;
/** Steps whose mean is the training loss at a step: a tenth of those so far, for early on it falls fast. */
const windowOf = (steps: number): number => Math.min(50, Math.ceil(steps / 10));

export function judge(course: Course): Verdict {
  const { early, planned, isOver } = course;
  const verdict = judged(course);
  if (!early || !isOver || early.step !== course.evaluations.at(-1)?.step) return verdict;
  const words = `Training ended early, at step ${formatCount(early.step)} of ${formatCount(planned)}: ${counted(early.evaluations, 'evaluation')} in a row brought no improvement.`;
  return { ...verdict, evidence: `${verdict.evidence} ${words}` };
}

function judged(course: Course): Verdict {
  const { trained: trainedAt, after, planned, isOver, headline, baselines } = course;
  const [label, name] = [headline.label, nameOf(headline)];
  const told = (loss: number): string => toldIn(course, loss);
  const chance = baselines[0];
  const evaluations = course.evaluations.filter(({ step }) => after === 0 || step > after);
  const last = evaluations.at(-1);
  const first = evaluations[0];
  if (!last || !first || last.step === 0) return { ...beginning(course, last), trend: null };

  const trained = trainedAt(last.step, after)?.mean ?? Infinity;
  // A model that learns its own text is not thrown about by its learning rate.
  const isLearnt = Number.isFinite(last.loss) && trained < chance.loss - GAP;
  if (!isLearnt && !(last.loss <= Math.max(chance.loss, first.loss) + GAP)) {
    return {
      kind: 'diverging',
      judgement: chance.before,
      evidence: `${label} on the validation set is ${told(last.loss)} at step ${formatCount(last.step)}; ${baselineWords(course, chance)}. The learning rate is too high for this model.`,
      trend: 'rising',
    };
  }

  const error = errorOf(evaluations, course.evalTokens);
  const best = evaluations.reduce((a, b) => (a.loss <= b.loss ? a : b));
  const isWorse = ({ step, loss }: Evaluation): boolean => step > best.step && loss - best.loss > error;
  // One evaluation may be chance: two in a row are evidence.
  if (evaluations.length > 2 && evaluations.slice(-2).every(isWorse)) {
    return { ...risen(course, best, last), trend: 'rising' };
  }

  const { earlier, at } = fallOf(evaluations, error);
  const fell = earlier.loss - at.loss;
  const trend = fell > error ? 'falling' : evaluations.length <= TREND ? null : 'level';
  /** The newest that the trend rests on. */
  const until = trend === 'level' && isWorse(last) ? evaluations.at(-2)! : at;
  const lone = until === last ? '' : ` The last evaluation was ${told(last.loss)}; one alone may be chance.`;
  const known = baselines[1];
  if (known && last.loss > known.loss - LEAST) {
    // One that was stopped on its way down had no time yet.
    const isLate = last.step > planned / 2 || (isOver && trend !== 'falling');
    return {
      kind: isLate ? 'stuck' : 'blind',
      judgement: isLate ? 'Hardly learning' : known.before,
      evidence: `${label} on the validation set is ${told(last.loss)} at step ${formatCount(last.step)}; ${baselineWords(course, known)}.${isLate ? ' Try a higher learning rate or more steps.' : ''}`,
      trend,
    };
  }

  const now = course.isGapKnown ? trainedAt(until.step, after) : undefined;
  const gap = now === undefined ? 0 : until.loss - now.mean;
  const gapWords =
    now === undefined
      ? ''
      : ` At that step, training ${name} was ${told(now.mean)}${Math.abs(gap) < SHOWN ? '' : `, ${Math.abs(gap).toFixed(2)} nats ${gap < 0 ? 'above' : 'below'}`}.`;
  const isRead = (epochsAt(course, until.step) ?? 0) >= 1;
  if (trend === 'falling') {
    const fall = `${label} on text it never saw fell from ${told(earlier.loss)} to ${told(at.loss)} between steps ${formatCount(earlier.step)} and ${formatCount(last.step)}`;
    const before = trainedAt(earlier.step, after);
    // As much faster as is left when chance is given its share on both sides.
    const faster =
      isRead && now && before && gap > GAP ? (before.mean - now.mean - errorBetween(before, now)) / (fell + error) : 1;
    if (now && before && faster > 1.5) {
      return {
        kind: 'memorising',
        judgement: isOver ? `${overWords(course)}, and starting to memorize` : 'Learning, and starting to memorize',
        evidence: `${fall}, and ${times((before.mean - now.mean) / fell)} as fast on the training text.${lone}${gapWords} More dropout or more text would keep the two together.`,
        trend,
      };
    }
    return {
      kind: 'learning',
      judgement: isOver ? `${overWords(course)}, and still improving` : 'Learning',
      evidence: `${fall}.${lone}${gapWords}${isOver ? ' More steps would lower it further.' : ''}`,
      trend,
    };
  }
  if (trend === null) {
    const change = `${label} on the validation set was ${told(earlier.loss)} at step ${formatCount(earlier.step)} and is ${told(last.loss)} at step ${formatCount(last.step)}`;
    return {
      kind: 'beginning',
      judgement: isOver ? `${overWords(course)} before it could be judged` : 'Too early to tell',
      evidence:
        evaluations.length === 1
          ? `${label} on the validation set is ${told(last.loss)} at step ${formatCount(last.step)}, measured once.`
          : `${change}: ${evaluations.length} evaluations, and differences below ${share(course, error, until.loss)} may be chance.${gapWords}`,
      trend,
    };
  }
  const level = `${label} on the validation set stayed near ${told(until.loss)} for the last ${formatCount(last.step - earlier.step)} steps, within the ${share(course, error, until.loss)} that may be chance.${lone}`;
  const ended = isOver ? `${overWords(course)}, no longer improving` : 'No longer improving';
  return gap > GAP && isRead
    ? {
        kind: 'level-memorised',
        judgement: ended,
        evidence: `${level}${gapWords} More text or more dropout would help more than more steps.`,
        trend,
      }
    : {
        kind: 'level',
        judgement: ended,
        evidence: `${level}${gapWords} ${course.more} would help more than more steps.`,
        trend,
      };
}

const overWords = ({ cut }: Course): string => endingWord(cut ?? 'finished');

function beginning(course: Course, last: Evaluation | undefined): Omit<Verdict, 'trend'> {
  const { isOver, headline, baselines } = course;
  return {
    kind: 'beginning',
    judgement: !isOver ? 'Just started' : last ? `${overWords(course)} before it could be judged` : 'Not judged yet',
    evidence:
      last === undefined
        ? 'Not evaluated on the validation set yet.'
        : `${headline.label} is ${toldIn(course, last.loss)} before the first step; ${baselineWords(course, baselines[0])}.`,
  };
}

/** Validation loss rose by more than chance. */
function risen(course: Course, best: Evaluation, last: Evaluation): Omit<Verdict, 'trend'> {
  const [before, now] = [best, last].map(({ step }) => course.trained(step, course.after));
  const rise = `${course.headline.label} on the validation set rose from ${toldIn(course, best.loss)} to ${toldIn(course, last.loss)} since step ${formatCount(best.step)}`;
  const change = now && before ? now.mean - before.mean : 0;
  const isKnown = now !== undefined && before !== undefined && Math.abs(change) > errorBetween(before, now);
  const trained = isKnown
    ? `on the training text from ${toldIn(course, before.mean)} to ${toldIn(course, now.mean)}`
    : '';
  if (isKnown && change > 0) {
    return {
      kind: 'unsteady',
      judgement: 'The loss is rising',
      evidence: `${rise}, and ${trained}. Use a lower learning rate or gradient clipping.`,
    };
  }
  const fall = isKnown ? `, while it fell ${trained}` : '';
  const epochs = epochsAt(course, last.step);
  if (epochs === null || epochs < 1) {
    const read = epochs === null ? '' : ` That is ${few(epochs)} epochs: too few to memorize the text.`;
    return {
      kind: 'unsteady',
      judgement: 'Getting worse on text it never saw',
      evidence: `${rise}${fall}.${read} Use a lower learning rate, or check that the validation set is like the training text.`,
    };
  }
  const since = formatCount(best.step);
  return {
    kind: 'overfitting',
    judgement: course.isOver ? `${overWords(course)}; best at step ${since}` : `Overfitting since step ${since}`,
    evidence: `${rise}${fall}, after ${few(epochs)} epochs. More text, more dropout or a smaller model would help.`,
  };
}

/** Times that the text was read by a step, since the data is what it is. */
const epochsAt = ({ after, epoch }: Course, step: number): number | null =>
  epoch === null ? null : (step - after) / epoch;

/**
 * The fall over the last `TREND` evaluations or a third of them, to the last or, where it fell none to that, to the one
 * before: a curve is level when two in a row say so.
 */
function fallOf(evaluations: readonly Evaluation[], error: number): { earlier: Evaluation; at: Evaluation } {
  const span = Math.max(TREND, Math.floor(evaluations.length / 3));
  const to = (end: number) => ({ earlier: evaluations[Math.max(0, end - span)]!, at: evaluations[end]! });
  const end = evaluations.length - 1;
  const [last, before] = [to(end), to(Math.max(0, end - 1))];
  const fell = ({ earlier, at }: typeof last): boolean => earlier.loss - at.loss > error;
  return fell(last) || !fell(before) ? last : before;
}

/**
 * How much two evaluations of one run may differ by chance, in nats: two standard errors, of which the greater counts.
 * The same windows are read each time, so what differs is how a token's loss changed in between: by about `SPREAD`. And
 * a high learning rate shakes the weights from one evaluation to the next: a smooth curve with noise of deviation s has
 * second differences of deviation s sqrt(6), which their median tells without minding a spike.
 */
export function errorOf(evaluations: readonly Evaluation[], tokens: number): number {
  const sampled = (2 * SPREAD) / Math.sqrt(Math.max(1, tokens));
  const recent = evaluations.slice(-RECENT).map(({ loss }) => loss);
  const seconds = recent.slice(2).map((loss, i) => Math.abs(loss - 2 * recent[i + 1]! + recent[i]!));
  if (seconds.length < 3) return Math.max(LEAST, sampled);
  const median = seconds.sort((a, b) => a - b)[Math.floor((seconds.length - 1) / 2)]!;
  const deviation = median / MEDIAN_OF_NORMAL / Math.sqrt(6);
  return Math.max(LEAST, sampled, Math.min(MOST, 2 * Math.SQRT2 * deviation));
}
/** Nats. Measured on Moby Dick: 0.1 to 0.6 between evaluations half a per cent to a tenth of an epoch apart (decision 20). */
const SPREAD = 0.6;
const RECENT = 5;
/** A single leap is in most of so few second differences: it is not to hide itself. */
const MOST = 0.2;
const MEDIAN_OF_NORMAL = 0.6745;

export interface Mean {
  mean: number;
  /** Standard error. */
  error: number;
}
const errorBetween = (a: Mean, b: Mean): number => LEAST + 2 * Math.hypot(a.error, b.error);

/** Mean training loss of the steps up to `step`; undefined where none was logged. */
export const trainingAt = (training: Curve, step: number, after = 0): number | undefined =>
  meanAt(training, step, after)?.mean;

/** Of the steps up to `step`, and after `after`; undefined where none was logged. */
export function meanAt({ step: steps, loss }: Curve, step: number, after: number): Mean | undefined {
  const begin = after === 0 ? 0 : countUpTo(steps, after);
  const end = countUpTo(steps, step);
  const count = windowOf(end - begin);
  if (count <= 0) return undefined;
  let [sum, squares] = [0, 0];
  for (let i = end - count; i < end; i++) {
    sum += loss[i]!;
    squares += loss[i]! ** 2;
  }
  const mean = sum / count;
  return { mean, error: Math.sqrt(Math.max(0, squares / count - mean ** 2) / count) };
}

/** How many of the sorted values are at most `most`. */
export function countUpTo(values: readonly number[], most: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A loss in the headline metric. */
const toldIn = ({ headline }: Course, loss: number): string =>
  valueWords(inShort(headline), { value: headline.scale.of(loss) }, formatReading);
/** `a uniform guess gives 2,048` */
const baselineWords = ({ headline }: Course, { words, loss }: Baseline): string =>
  `${words} gives ${valueWords(inShort(headline), { value: headline.scale.of(loss) })}`;
const few = (x: number): string => formatNumber(Number(x.toPrecision(2)));
/** What so many nats more make of the headline metric at a loss, as a share of it; of a loss itself, which may be next to 0, they are told. */
function share({ headline: { scale } }: Course, nats: number, loss: number): string {
  if (scale.of(nats) === nats) return `${few(nats)} nats`;
  return `${few(100 * (scale.of(loss + nats) / scale.of(loss) - 1))} %`;
}

function times(factor: number): string {
  const whole = Math.round(factor);
  return whole <= 2 ? 'twice' : whole <= 9 ? `${NUMBERS[whole]!} times` : 'many times';
}
const NUMBERS = ['', '', '', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
