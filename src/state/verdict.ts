/** How well a run trains: one verdict, which the page, its chart's caption and the live region all use. */
import { useMemo } from 'react';
import { courseOf } from '../core/runs/course';
import { type Course, judge, meanAt, type Verdict, type VerdictKind } from '../core/train/verdict';
import { cutOfRun, type OpenRun } from './openRun';
import type { Phase } from './phase';
import { useStudio } from './react';
import { plannedSteps, runSettings, trains, useRunSettings } from './runSettings';
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
  const isAtRest = useStudio((s) => AT_REST.includes(of(s).phase.kind));
  const isOver = !isElsewhere && isAtRest;
  const cut = useStudio((s) => cutOfRun(of(s)));
  const evaluated = useStudio((s) => of(s).log.evaluations.at(-1)?.step);
  return useMemo(() => {
    const evaluations = evaluated === undefined ? [] : log.evaluations;
    const trained: Course['trained'] = (step, after) => meanAt(log, step, after);
    return judge(
      courseOf(settings, {
        trained,
        evaluations,
        planned,
        isOver,
        cut: isOver ? cut : undefined,
        early: log.early.at(-1),
      }),
    );
  }, [settings, log, evaluated, planned, isOver, cut]);
}

/** The same of the run that Train shows, outside React. */
export function verdictNow(s: Studio): Verdict {
  const run = trains(s);
  const { log, phase } = run;
  const settings = runSettings(run, s.project);
  const isOver = !s.trainingElsewhere && AT_REST.includes(phase.kind);
  return judge(
    courseOf(settings, {
      trained: (step, after) => meanAt(log, step, after),
      evaluations: log.evaluations,
      planned: plannedSteps(phase, settings),
      isOver,
      cut: isOver ? cutOfRun(run) : undefined,
      early: log.early.at(-1),
    }),
  );
}

const AT_REST: readonly Phase['kind'][] = ['stopped', 'finished'];

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
