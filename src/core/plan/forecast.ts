/** Forecast of a run: the quality model, corrected by the run's own validation curve (decision 136). */
import { type Band, bandAround, type Circumstances, deviationOf, expectedShare, FORECAST } from './quality';

/** A run in training. */
export interface Prospect extends Omit<Circumstances, 'repeated'> {
  /** Undefined if the text wasn't profiled, which makes the prior weak. */
  repeated: number | undefined;
  /** Loss of a unigram model on the validation set, in nats per token. */
  unigramLoss: number;
}

/** Step of the last evaluation, and the lowest loss so far in nats per token. */
export interface ObservedLoss {
  step: number;
  loss: number;
}

/** Input of the scaling law: assumes a text that never repeats if it wasn't profiled. */
const circumstancesOf = (prospect: Prospect): Circumstances => ({ ...prospect, repeated: prospect.repeated ?? 0 });

/** Standard deviation of the log loss for an unprofiled text: the difference between mail and prose. */
const UNPROFILED_DEVIATION = 0.3;

/**
 * Expected best validation loss of a run, in nats per token. The quality model is the prior. The best loss so far is an
 * observation, whose noise falls with the share of completed steps. Both are normal in the log loss.
 */
export function forecastEnd(prospect: Prospect, observed?: ObservedLoss): Band {
  const { unigramLoss, steps } = prospect;
  const run = circumstancesOf(prospect);
  const priorDeviation = prospect.repeated === undefined ? UNPROFILED_DEVIATION : deviationOf(run);
  const end = unigramLoss * expectedShare(run);
  if (!observed || observed.step <= 0) return bandAround(end, priorDeviation);
  const noise = FORECAST.noise * Math.exp(-FORECAST.decay * Math.min(1, observed.step / steps));
  const weight = priorDeviation ** 2 / (priorDeviation ** 2 + noise ** 2);
  return bandAround(end * observedRatio(run, unigramLoss, observed) ** weight, priorDeviation * Math.sqrt(1 - weight));
}

/** Observed loss divided by the quality model's loss for a run that ends at that step. */
const observedRatio = (run: Circumstances, unigramLoss: number, { step, loss }: ObservedLoss): number =>
  loss / (unigramLoss * expectedShare({ ...run, steps: step }));

/** Expected losses at evenly spaced steps from the last evaluation to the end. */
export function forecastPath(
  prospect: Prospect,
  observed: ObservedLoss,
  count = 24,
): readonly (Band & { step: number })[] {
  const { unigramLoss, steps } = prospect;
  const run = circumstancesOf(prospect);
  const end = forecastEnd(prospect, observed);
  const lossAt = (step: number): number => unigramLoss * expectedShare({ ...run, steps: step });
  const [ratioNow, ratioEnd] = [observedRatio(run, unigramLoss, observed), end.value / lossAt(steps)];
  return Array.from({ length: count + 1 }, (_, i) => {
    const share = i / count;
    const step = observed.step + share * (steps - observed.step);
    const value = lossAt(step) * ratioNow ** (1 - share) * ratioEnd ** share;
    // The band widens from the known evaluation to the end.
    const width = (end.high / end.value) ** Math.sqrt(share);
    return { step, value, low: value / width, high: value * width };
  });
}

/** First step with an expected loss of at most `target` nats per token; undefined if there is none. */
export const stepReaching = (path: readonly (Band & { step: number })[], target: number): number | undefined =>
  path.find(({ value }) => value <= target)?.step;
