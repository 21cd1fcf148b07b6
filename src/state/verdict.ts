/** How the run that Train shows does: one judgement, from which the page, its chart's caption and the voice all speak. */
import { useMemo } from 'react';
import { courseOf } from '../core/runs/course';
import { judge, type Verdict } from '../core/train/verdict';
import { useShownPart, useStudio } from './react';
import { plannedSteps, useRunSettings } from './runSettings';

/** Judged anew at each evaluation, not at each step. */
export function useVerdict(): Verdict {
  const settings = useRunSettings();
  const log = useShownPart('train', (run) => run.log);
  const planned = useShownPart('train', ({ phase }) => plannedSteps(phase, settings));
  const isElsewhere = useStudio((s) => s.trainingElsewhere);
  const isAtRest = useShownPart('train', ({ phase }) => phase.kind === 'stopped' || phase.kind === 'finished');
  const isOver = !isElsewhere && isAtRest;
  const evaluated = useShownPart('train', (run) => run.log.evaluations.at(-1)?.step);
  return useMemo(() => {
    const evaluations = evaluated === undefined ? [] : log.evaluations;
    return judge(courseOf(settings, { training: log, evaluations, planned, isOver }));
  }, [settings, log, evaluated, planned, isOver]);
}
