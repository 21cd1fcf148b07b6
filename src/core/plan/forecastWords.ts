/** Words for the forecast of a run in training, in its headline metric. */
import { formatCount, formatDuration, formatReading } from '../base/units';
import type { Metric } from '../metrics/metric';
import { nameOf } from '../metrics/words';
import { baselinesOf, headlineOf, type ObjectiveId } from '../objectives';
import type { Baseline } from '../objectives/objective';
import type { ModelChoice } from '../train/run';
import { stepReaching } from './forecast';
import type { Forecast } from './prospect';

interface ForecastContext {
  headline: Metric & { scale: { of(loss: number): number } };
  /** Baselines, worst first. */
  baselines: readonly Baseline[];
  /** Best loss so far. */
  best: number;
  /** Last evaluated step. */
  step: number;
  /** Milliseconds per step; undefined before it is measured. */
  stepMs?: number | undefined;
}

/** `Expected at the end: perplexity 78 to 84. It should pass a trigram model (85.1) near step 2,100, in about 40 s.` */
export function forecastWords(
  { end, path }: Forecast,
  { headline, baselines, best, step, stepMs }: ForecastContext,
): string {
  const reading = (loss: number): string => formatReading(headline.scale.of(loss));
  const words = `Expected at the end: ${nameOf(headline)} ${reading(end.low)} to ${reading(end.high)}.`;
  const nextBaseline = baselines.find(({ loss }) => loss < best);
  const stepOfNext = nextBaseline && stepReaching(path, nextBaseline.loss);
  if (!nextBaseline || stepOfNext === undefined) return words;
  const wait = stepMs === undefined ? '' : `, in about ${formatDuration((stepOfNext - step) * stepMs)}`;
  return `${words} It should pass ${nextBaseline.words} (${reading(nextBaseline.loss)}) near step ${formatCount(roundedStep(stepOfNext))}${wait}.`;
}

/** @param run with at least one evaluation, in order of steps */
export function shownOf(run: {
  model: ModelChoice;
  objective: ObjectiveId;
  facts: Parameters<typeof baselinesOf>[2];
  evaluations: readonly { step: number; loss: number }[];
  stepMs: number | undefined;
}): ForecastContext {
  const { model, objective, facts, evaluations, stepMs } = run;
  return {
    headline: headlineOf(objective),
    baselines: baselinesOf(objective, model, facts),
    best: Math.min(...evaluations.map(({ loss }) => loss)),
    step: evaluations.at(-1)!.step,
    stepMs,
  };
}

/** Rounds to two significant digits, the precision of a forecast. */
const roundedStep = (step: number): number => Number(step.toPrecision(2));
