/** Judges a run by its loss curve, the size of its text and its samples. */
import { counted, formatCount } from '../base/units';
import { curveFinding } from './curveFinding';
import { degenerationOf } from './degeneration';
import { endingWord } from './endingWord';
import { samplingError } from './noise';
import { type RunCurve, evaluationsOf, type CurveFinding, isGood, type Verdict } from './verdict';
import { twoDigits } from './verdictWords';

/**
 * Minimum validation set for a verdict. By chance alone, two evaluations of 128 tokens differ by up to 0.106 nats, more
 * than a gap worth reporting.
 */
export const MIN_VALIDATION_TOKENS = 128;
/** Minimum training text for a verdict: a tenth of it must be enough for a validation set. */
export const MIN_TRAINING_TOKENS = 10 * MIN_VALIDATION_TOKENS;

/** Judges a run by its curve, then by the size of its text and by its samples. */
export function judge(curve: RunCurve): Verdict {
  const { early, ending, planned, evaluations } = curve;
  const { endingSuffix, ...result } = checkSamples(curve, checkTextSize(curve, curveFinding(curve)));
  const judgement =
    ending !== null && endingSuffix !== undefined ? `${endingWord(ending)}${endingSuffix}` : result.finding;
  const verdict = { ...result, ending, judgement };
  if (!early || ending === null || early.step !== evaluations.at(-1)?.step) return verdict;
  const words = `Training ended early, at step ${formatCount(early.step)} of ${formatCount(planned)}: ${counted(early.evaluations, 'evaluation')} in a row brought no improvement.`;
  return { ...verdict, evidence: `${verdict.evidence} ${words}` };
}

/** Replaces the finding if there is too little text to judge. */
function checkTextSize(curve: RunCurve, result: CurveFinding): CurveFinding {
  const { text, after, evaluations } = curve;
  if (!text || result.kind === 'diverging' || !((evaluations.at(-1)?.step ?? 0) > after)) return result;
  const { train, validation } = text;
  const isValidationTooShort = validation < MIN_VALIDATION_TOKENS;
  if (!isValidationTooShort && train >= MIN_TRAINING_TOKENS) return result;
  const evidence = isValidationTooShort
    ? `The validation set has ${counted(validation, 'token')}, so differences below ${twoDigits(samplingError(validation))} nats may be chance; ${MIN_VALIDATION_TOKENS} tokens are the minimum.`
    : `The training text has ${counted(train, 'token')}; ${formatCount(MIN_TRAINING_TOKENS)} are the minimum for a verdict.`;
  const { trend, gap } = result;
  return { kind: 'tooLittleText', finding: 'Too little text to judge', evidence, next: 'Add more text.', trend, gap };
}

/** Replaces a good finding if the last two samples are degenerate. One sample may be chance. */
function checkSamples(curve: RunCurve, result: CurveFinding): CurveFinding {
  const { written, after, warmup } = curve;
  const evaluations = evaluationsOf(curve).slice(-2);
  if (!written || !isGood(result) || evaluations.length < 2 || evaluations[0]!.step <= after + warmup) return result;
  const degenerations = evaluations.map(({ step }) => {
    const text = written(step);
    return text === undefined ? null : degenerationOf(text);
  });
  const [a, b] = degenerations;
  if (!a || !b) return result;
  const steps = evaluations.map(({ step }) => formatCount(step)).join(' and ');
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
    endingSuffix: ', but its samples say nothing',
    evidence,
    next: 'Raise the temperature, or train longer.',
    trend: result.trend,
    gap: result.gap,
  };
}
