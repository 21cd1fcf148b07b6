/** How the run that is shown does: one judgement, from which the page, its chart's caption and the voice all speak. */
import { useMemo } from 'react';
import { courseOf } from '../core/runs/course';
import { judge, type Verdict } from '../core/train/verdict';
import { useStudio } from './react';
import { plannedSteps, useRunSettings } from './runSettings';

/** Judged anew at each evaluation, not at each step. */
export function useVerdict(): Verdict {
  const settings = useRunSettings();
  const log = useStudio((s) => s.log);
  const planned = useStudio((s) => plannedSteps(s.phase, settings));
  const isOver = useStudio((s) => !s.trainingElsewhere && (s.phase.kind === 'stopped' || s.phase.kind === 'finished'));
  const evaluated = useStudio((s) => (s.logVersion >= 0 ? s.log.evaluations.at(-1)?.step : undefined));
  return useMemo(() => {
    const evaluations = evaluated === undefined ? [] : log.evaluations;
    return judge(courseOf(settings, { training: log, evaluations, planned, isOver }));
  }, [settings, log, evaluated, planned, isOver]);
}
