/** Forecast of a run: the quality model, corrected by the run's own validation curve (decision 136). */
import { type Band, bandAround, type Circumstances, deviationOf, expectedShare, FORECAST } from './quality';

/** A run that trains. */
export interface Prospect extends Omit<Circumstances, 'repeated'> {
  /** Undefined where the text wasn't profiled: then the model alone knows little. */
  repeated: number | undefined;
  /** Of a unigram model on the validation set, in nats per token. */
  unigramLoss: number;
}

/** The best evaluation so far: its step, and its loss in nats per token. */
export interface ObservedLoss {
  step: number;
  loss: number;
}

/** The law's view of a run: without a profile, of a text that never repeats. */
const circumstancesOf = (prospect: Prospect): Circumstances => ({ ...prospect, repeated: prospect.repeated ?? 0 });

/** Standard deviation of the logarithm where it isn't known how much the text repeats: mail and prose differ as much. */
const UNPROFILED = 0.3;

/**
 * Best validation loss that a run is expected to reach, in nats per token. The quality model is the prior; the best evaluation
 * so far is an observation, whose noise falls with the share of the steps that are done. Both are normal in the logarithm.
 */
export function forecastEnd(prospect: Prospect, observed?: ObservedLoss): Band {
  const { unigramLoss, steps } = prospect;
  const run = circumstancesOf(prospect);
  const prior = prospect.repeated === undefined ? UNPROFILED : deviationOf(run);
  const end = unigramLoss * expectedShare(run);
  if (!observed || observed.step <= 0) return bandAround(end, prior);
  const noise = FORECAST.noise * Math.exp(-FORECAST.decay * Math.min(1, observed.step / steps));
  const weight = prior ** 2 / (prior ** 2 + noise ** 2);
  return bandAround(end * observedRatio(run, unigramLoss, observed) ** weight, prior * Math.sqrt(1 - weight));
}

/** Observed loss over that of the quality model for a run that ends there. */
const observedRatio = (run: Circumstances, unigramLoss: number, { step, loss }: ObservedLoss): number =>
  loss / (unigramLoss * expectedShare({ ...run, steps: step }));

/** Losses that are expected at later steps, from the last evaluation to the end, evenly spaced. */
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
    // The band opens from the evaluation, which is known, to the end.
    const width = (end.high / end.value) ** Math.sqrt(share);
    return { step, value, low: value / width, high: value * width };
  });
}

/** First step at which a run is expected to lose no more than `target` nats per token; undefined if it doesn't get there. */
export const stepReaching = (path: readonly (Band & { step: number })[], target: number): number | undefined =>
  path.find(({ value }) => value <= target)?.step;
