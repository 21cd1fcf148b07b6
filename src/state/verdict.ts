/** How well a run trains: one verdict, which the page, its chart's caption and the live region all use. */
import { useMemo } from 'react';
import { courseOf } from '../core/runs/course';
import { type Course, judge, meanAt, type Verdict, type VerdictKind } from '../core/train/verdict';
import { cutOfRun, type OpenRun } from './openRun';
import { isAtRest } from './phase';
import { useStudio } from './react';
import type { RunLog } from './runLog';
import { plannedSteps, type RunSettings, runSettings, trains, useRunSettings } from './runSettings';
import type { Studio } from './studio';

/**
 * Judged anew at each evaluation, not at each step.
 * @param of the run, where it is not the one that Train shows
 */
export function useVerdict(of: (s: Studio) => OpenRun = trains): Verdict {
  const settings = useRunSettings(of);
  const log = useStudio((s) => of(s).log);
  const planned = useStudio((s) => plannedSteps(of(s).phase, settings));
  const isElsewhere = useStudio((s) => s.trainingElsewhere);
  const rests = useStudio((s) => isAtRest(of(s).phase));
  const isOver = !isElsewhere && rests;
  const cut = useStudio((s) => cutOfRun(of(s)));
  const evaluated = useStudio((s) => of(s).log.evaluations.at(-1)?.step);
  return useMemo(() => {
    const evaluations = evaluated === undefined ? [] : log.evaluations;
    return verdictOf(settings, log, { evaluations, planned, isOver, cut });
  }, [settings, log, evaluated, planned, isOver, cut]);
}

/** The same of the run that Train shows, outside React. */
export function verdictNow(s: Studio): Verdict {
  const run = trains(s);
  const { log, phase } = run;
  const settings = runSettings(run, s.project);
  const isOver = !s.trainingElsewhere && isAtRest(phase);
  const planned = plannedSteps(phase, settings);
  return verdictOf(settings, log, { evaluations: log.evaluations, planned, isOver, cut: cutOfRun(run) });
}

function verdictOf(
  settings: RunSettings,
  log: RunLog,
  { cut, ...now }: Pick<Course, 'evaluations' | 'planned' | 'isOver' | 'cut'>,
): Verdict {
  const trained: Course['trained'] = (step, after) => meanAt(log, step, after);
  return judge(courseOf(settings, { ...now, trained, cut: now.isOver ? cut : undefined, early: log.early.at(-1) }));
}

/** How good or bad news a verdict is; undefined where it is neither yet. */
export const VERDICT_TONE: Readonly<Record<VerdictKind, 'ok' | 'warn' | 'error' | undefined>> = {
  beginning: undefined,
  blind: undefined,
  stuck: 'warn',
  learning: 'ok',
  memorising: 'ok',
  level: 'ok',
  'level-memorised': 'warn',
  overfitting: 'warn',
  unsteady: 'warn',
  diverging: 'error',
};
