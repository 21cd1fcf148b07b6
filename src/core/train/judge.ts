/** Judges a run by its loss curve, the size of its text and its samples. */
import { counted, formatCount } from '../base/units';
import { curveFinding } from './curveFinding';
import { degenerationOf } from './degeneration';
import { endingWord } from './endingWord';
import { samplingError } from './noise';
import { type RunCurve, evaluationsOf, type Found, isGood, type Verdict } from './verdict';
import { twoDigits } from './verdictWords';

/**
 * Minimum validation set for a verdict. By chance alone, two evaluations of 128 tokens differ by up to 0.106 nats, more
 * than a gap worth reporting.
 */
export const MIN_VALIDATION_TOKENS = 128;
/** Minimum training text for a verdict: a tenth of it must be enough for a validation set. */
export const MIN_TRAINING_TOKENS = 10 * MIN_VALIDATION_TOKENS;
export function judge(curve: RunCurve): Verdict {
  const { early, ending, planned, evaluations } = curve;
  const { ended, ...found } = withSamples(curve, withText(curve, curveFinding(curve)));
  const judgement = ending !== null && ended !== undefined ? `${endingWord(ending)}${ended}` : found.finding;
  const verdict = { ...found, ending, judgement };
  if (!early || ending === null || early.step !== evaluations.at(-1)?.step) return verdict;
  const words = `Training ended early, at step ${formatCount(early.step)} of ${formatCount(planned)}: ${counted(early.evaluations, 'evaluation')} in a row brought no improvement.`;
  return { ...verdict, evidence: `${verdict.evidence} ${words}` };
}

function withText(curve: RunCurve, found: Found): Found {
  const { text, after, evaluations } = curve;
  if (!text || found.kind === 'diverging' || !((evaluations.at(-1)?.step ?? 0) > after)) return found;
  const { train, validation } = text;
  const isHeldOut = validation < MIN_VALIDATION_TOKENS;
  if (!isHeldOut && train >= MIN_TRAINING_TOKENS) return found;
  const evidence = isHeldOut
    ? `The validation set has ${counted(validation, 'token')}, so differences below ${twoDigits(samplingError(validation))} nats may be chance; ${MIN_VALIDATION_TOKENS} tokens are the minimum.`
    : `The training text has ${counted(train, 'token')}; ${formatCount(MIN_TRAINING_TOKENS)} are the minimum for a verdict.`;
  const { trend, gap } = found;
  return { kind: 'tooLittleText', finding: 'Too little text to judge', evidence, next: 'Add more text.', trend, gap };
}

/** Replaces a good finding if the last two samples are degenerate. One sample may be chance. */
function withSamples(curve: RunCurve, found: Found): Found {
  const { written, after, warmup } = curve;
  const two = evaluationsOf(curve).slice(-2);
  if (!written || !isGood(found) || two.length < 2 || two[0]!.step <= after + warmup) return found;
  const last = two.map(({ step }) => {
    const text = written(step);
    return text === undefined ? null : degenerationOf(text);
  });
  const [a, b] = last;
  if (!a || !b) return found;
  const steps = two.map(({ step }) => formatCount(step)).join(' and ');
  const share = `${twoDigits(100 * Math.min(a.share, b.share))} %`;
  const samples = `The samples of steps ${steps}`;
  const evidence =
    a.why === 'repeats' && b.why === 'repeats'
      ? `${samples} repeat one passage or word over ${share} of their length.`
      : a.why === 'empty' && b.why === 'empty'
        ? `${samples} are empty: 0 characters.`
        : `${samples} are empty, undecodable or repetitive over ${share} of their length.`;
  return {
    kind: 'degenerateSamples',
    finding: 'Samples say nothing',
    ended: ', but its samples say nothing',
    evidence,
    next: 'Raise the temperature, or train longer.',
    trend: found.trend,
    gap: found.gap,
  };
}
