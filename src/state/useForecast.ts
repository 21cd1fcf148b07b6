/** Forecast of the run that Train shows, updated at each evaluation. */
import { useMemo } from 'react';
import { forecastWords, shownOf } from '../core/plan/forecastWords';
import { type Forecast, forecastOf, type ProspectOf, prospectOf } from '../core/plan/prospect';
import { profileNow } from './plan';
import { useShownPart, useStudio } from './react';
import { plannedSteps, type RunSettings, trains, useRunSettings } from './runSettings';
import type { OpenRun } from './slices/run';

/** @returns undefined unless the run trains, was evaluated, and resembles a recorded run */
export function useForecast(): Forecast | undefined {
  const settings = useRunSettings();
  const log = useStudio((s) => trains(s).log);
  const isTraining = useShownPart('train', ({ phase }) => phase.kind === 'training');
  const planned = useStudio((s) => plannedSteps(trains(s).phase, settings));
  const evaluated = useShownPart('train', (run) => run.log.evaluations.at(-1)?.step);
  const repeated = useStudio((s) => profileNow(s)?.repeated);
  return useMemo(() => {
    const prospect = isTraining && evaluated !== undefined && prospectOf(prospectInput(settings, planned, repeated));
    return prospect ? forecastOf(prospect, log.evaluations) : undefined;
  }, [settings, log, isTraining, planned, evaluated, repeated]);
}

function prospectInput(settings: RunSettings, planned: number, repeated: number | undefined): ProspectOf {
  const { model, segments, recipe, trainable } = settings;
  const [first] = segments;
  const isContinued = segments.length > 1 || first.after > 0 || !settings.isRecipeKnown;
  return { model, recipe, facts: first.data.facts, isContinued, trainable, planned, repeated };
}

/** The forecast in one or two sentences; undefined without one. */
export function useForecastWords(): string | undefined {
  const settings = useRunSettings();
  const forecast = useForecast();
  const log = useStudio((s) => trains(s).log);
  return useMemo(() => forecast && wordsOf(forecast, settings, log), [forecast, settings, log]);
}

function wordsOf(
  forecast: Forecast,
  { model, segments, recipe }: RunSettings,
  { evaluations, activeMs, step }: OpenRun['log'],
) {
  const facts = segments.at(-1)!.data.facts;
  const done = step.at(-1);
  const ms = activeMs.at(-1);
  const stepMs = done !== undefined && ms !== undefined && done > 0 ? ms / done : undefined;
  return forecastWords(forecast, shownOf({ model, objective: recipe.objective, facts, evaluations, stepMs }));
}
