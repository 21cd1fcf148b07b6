/** One verdict on how well a run trains, for the page, its chart's caption and announcements. */
import { useMemo } from 'react';
import { judgeRun } from '../core/runs/judgeRun';
import type { Verdict } from '../core/train/verdict';
import { endingOfRun } from './openRun';
import { isAtRest } from './phase';
import { useStudio } from './react';
import { plannedSteps, runSettings, trains, useRunSettings } from './runSettings';
import type { Studio } from './slices/studio';
import type { OpenRun } from './slices/run';

/**
 * Updated at each evaluation, not at each step.
 * @param select selects the run; by default, the one that Train shows
 */
export function useVerdict(select: (s: Studio) => OpenRun = trains): Verdict {
  const settings = useRunSettings(select);
  const log = useStudio((s) => select(s).log);
  const planned = useStudio((s) => plannedSteps(select(s).phase, settings));
  const ending = useStudio((s) => endingNow(s, select(s)));
  const evaluated = useStudio((s) => select(s).log.evaluations.at(-1)?.step);
  return useMemo(() => {
    const evaluations = evaluated === undefined ? [] : log.evaluations;
    const { step, loss, early } = log;
    return judgeRun(settings, { step, loss, evaluations }, { planned, ending, early: early.at(-1) });
  }, [settings, log, evaluated, planned, ending]);
}

/** Verdict on the run that Train shows, outside React. */
export function verdictNow(s: Studio): Verdict {
  const run = trains(s);
  const { log, phase } = run;
  const settings = runSettings(run, s.project);
  const planned = plannedSteps(phase, settings);
  return judgeRun(settings, log, { planned, ending: endingNow(s, run), early: log.early.at(-1) });
}

/** Null during training, here or in another tab. */
const endingNow = (s: Studio, run: OpenRun): Verdict['ending'] =>
  !s.trainingElsewhere && isAtRest(run.phase) ? endingOfRun(run) : null;
