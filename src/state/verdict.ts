/** How the run that is shown does: one judgement, from which the page, its chart's caption and the voice all speak. */
import { useMemo } from 'react';
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
    const { model, recipe, segments, unigramLoss, tokensPerStep } = settings;
    const { after, data } = segments.at(-1)!;
    return judge({
      training: log,
      evaluations: evaluated === undefined ? [] : log.evaluations,
      ...{ after, planned, isOver, vocabulary: model.vocabulary, unigramLoss, tokensPerStep },
      trainTokens: data?.trainTokens ?? null,
      evalTokens: Math.min(recipe.evalTokens, data?.validationTokens ?? Infinity),
    });
  }, [settings, log, evaluated, planned, isOver]);
}
