/** Forecast of a run's end, in words and as JSON. */
import { objectiveOf } from '../src/core/objectives';
import { forecastWords, shownOf } from '../src/core/plan/forecastWords';
import { forecastOf, type ProspectOf, prospectOf } from '../src/core/plan/prospect';
import type { DataFacts } from '../src/core/runs/settings';
import type { TrainEvent } from '../src/core/train/run';

interface Run extends ProspectOf {
  facts: DataFacts | null;
}

export interface ForecastSummary {
  words: string;
  /** Expected best value of the headline metric by the end, with its 80 % band. */
  json: { metric: string; value: number; low: number; high: number };
}

/** @returns undefined before the first evaluation of a trained step, and for a run unlike any recorded one */
export function forecastSummary(run: Run, events: readonly TrainEvent[]): ForecastSummary | undefined {
  const prospect = prospectOf(run);
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const forecast = prospect && forecastOf(prospect, evaluations);
  if (!forecast) return undefined;
  const { objective } = run.recipe;
  const display = shownOf({ model: run.model, objective, facts: run.facts, evaluations, stepMs: msPerStep(events) });
  const [value, low, high] = [forecast.end.value, forecast.end.low, forecast.end.high].map((loss) =>
    display.headline.scale.of(loss),
  );
  const words = forecastWords(forecast, display);
  return { words, json: { metric: objectiveOf(objective).headline, value: value!, low: low!, high: high! } };
}

function msPerStep(events: readonly TrainEvent[]): number | undefined {
  const last = events.findLast((event) => event.kind === 'step');
  return last && last.step > 0 ? last.activeMs / last.step : undefined;
}
