/** A run judged in words, with the numbers that it rests on. */
import { formatCount, formatReading } from '../base/units';

export type VerdictKind =
  | 'beginning' // too little is known
  | 'blind' // not better than guessing by frequency
  | 'learning'
  | 'memorising' // still learning, but the training text faster than the held-out text
  | 'level' // no longer learning, hardly a gap: underfitting
  | 'level-memorised' // no longer learning, with a gap
  | 'overfitting' // held-out loss rises while training loss falls
  | 'unsteady' // both rise
  | 'diverging'; // worse than guessing blindly

export interface Verdict {
  kind: VerdictKind;
  /** A few words, without a full stop. */
  judgement: string;
  /** Sentences with numbers. */
  evidence: string;
}

/** Losses are in nats per token; both lists are in the order of their steps. */
export interface Course {
  training: { readonly step: readonly number[]; readonly loss: readonly number[] };
  /** On held-out text. */
  evaluations: readonly { readonly step: number; readonly loss: number }[];
  /** Steps of the whole plan. */
  planned: number;
  isOver: boolean;
  vocabulary: number;
  /** Of always guessing by frequency, if it is known. */
  unigramLoss: number | null;
}

/** Changes below this, 1 % of the perplexity, are not spoken of as changes: evaluations read a sample of the held-out text. */
const NOISE = 0.01;
/** A gap between held-out and training loss that is worth a word. */
const GAP = 0.1;
/** Evaluations that a trend is taken over. */
const TREND = 3;
/** Steps whose mean is the training loss at a step: a tenth of those so far, for early on it falls fast. */
const windowOf = (steps: number): number => Math.min(50, Math.ceil(steps / 10));

export function judge(course: Course): Verdict {
  const { evaluations, planned, isOver, vocabulary, unigramLoss } = course;
  const last = evaluations.at(-1);
  const first = evaluations[0];
  if (!last || !first || last.step === 0) {
    return {
      kind: 'beginning',
      judgement: isOver ? 'Ended before it could be judged' : 'Only just begun',
      evidence:
        last === undefined
          ? 'Held-out text has not been measured yet.'
          : `Before the first step, perplexity is ${perplexity(last.loss)}; guessing blindly among ${formatCount(vocabulary)} tokens gives ${formatCount(vocabulary)}.`,
    };
  }

  if (!(last.loss <= Math.max(Math.log(vocabulary), first.loss) + GAP)) {
    return {
      kind: 'diverging',
      judgement: 'Getting worse than guessing blindly',
      evidence: `Perplexity on held-out text is ${perplexity(last.loss)} at step ${formatCount(last.step)}; guessing blindly gives ${formatCount(vocabulary)}. The learning rate is too high for this model.`,
    };
  }

  const best = evaluations.reduce((a, b) => (a.loss <= b.loss ? a : b));
  const trained = trainingAt(course.training, last.step);
  if (last.loss - best.loss > 2 * NOISE) {
    const before = trainingAt(course.training, best.step);
    const rise = `Since step ${formatCount(best.step)} perplexity on held-out text rose from ${perplexity(best.loss)} to ${perplexity(last.loss)}`;
    if (trained !== undefined && before !== undefined && trained > before + NOISE) {
      return {
        kind: 'unsteady',
        judgement: 'Unsteady: both curves rise',
        evidence: `${rise}, and on the training text from ${perplexity(before)} to ${perplexity(trained)}. A lower learning rate or clipping would steady it.`,
      };
    }
    const fall =
      trained !== undefined && before !== undefined && before - trained > NOISE
        ? `, while on the training text it fell from ${perplexity(before)} to ${perplexity(trained)}`
        : '';
    return {
      kind: 'overfitting',
      judgement: `Memorising since step ${formatCount(best.step)}`,
      evidence: `${rise}${fall}. More text, more dropout or a smaller model would help; fewer steps would give the same.`,
    };
  }

  if (unigramLoss !== null && last.loss > unigramLoss - NOISE) {
    const isLate = isOver || last.step > planned / 2;
    return {
      kind: 'blind',
      judgement: isLate ? 'Learning hardly anything' : 'Finding out which tokens are common',
      evidence: `Perplexity on held-out text is ${perplexity(last.loss)} at step ${formatCount(last.step)}; knowing only which tokens are common gives ${perplexity(unigramLoss)}.${isLate ? ' A higher learning rate or more steps are needed.' : ''}`,
    };
  }

  const earlier = evaluations.at(-1 - TREND) ?? first;
  const fell = earlier.loss - last.loss;
  const gap = trained === undefined ? 0 : last.loss - trained;
  const gapWords =
    trained === undefined
      ? ''
      : ` Training perplexity is ${perplexity(trained)}, ${Math.abs(gap).toFixed(2)} nats ${gap < 0 ? 'above' : 'below'}.`;
  if (fell > NOISE) {
    const trend = `In the last ${formatCount(last.step - earlier.step)} steps perplexity on held-out text fell from ${perplexity(earlier.loss)} to ${perplexity(last.loss)}`;
    const trainedEarlier = trainingAt(course.training, earlier.step);
    const faster =
      trained !== undefined && trainedEarlier !== undefined && gap > GAP ? (trainedEarlier - trained) / fell : 1;
    if (faster > 1.5) {
      return {
        kind: 'memorising',
        judgement: isOver
          ? 'Ended while still learning, and starting to memorise'
          : 'Still learning, and starting to memorise',
        evidence: `${trend}, and ${times(faster)} as fast on the training text.${gapWords} More dropout or more text would keep the two together.`,
      };
    }
    return {
      kind: 'learning',
      judgement: isOver ? 'Ended while still learning' : 'Still learning',
      evidence: `${trend}.${gapWords}${isOver ? ' More steps would lower it further.' : ''}`,
    };
  }
  const level = `Over the last ${formatCount(last.step - earlier.step)} steps perplexity on held-out text stayed at ${perplexity(last.loss)}.`;
  return gap > GAP
    ? {
        kind: 'level-memorised',
        judgement: 'Levelled off: what is left to learn is in the training text alone',
        evidence: `${level}${gapWords} More text or more dropout would help.`,
      }
    : {
        kind: 'level',
        judgement: 'Levelled off: the model has learnt what it can hold',
        evidence: `${level}${gapWords} A larger model or a longer context could learn more.`,
      };
}

/** Mean training loss of the steps up to `step`; undefined where none was logged. */
export function trainingAt({ step: steps, loss }: Course['training'], step: number): number | undefined {
  const end = countUpTo(steps, step);
  const start = end - windowOf(end);
  if (end === start) return undefined;
  let sum = 0;
  for (let i = start; i < end; i++) sum += loss[i]!;
  return sum / (end - start);
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

const perplexity = (loss: number): string => formatReading(Math.exp(loss));

function times(factor: number): string {
  const whole = Math.round(factor);
  return whole <= 2 ? 'twice' : whole <= 9 ? `${NUMBERS[whole]!} times` : 'many times';
}
const NUMBERS = ['', '', '', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
