import { formatCount } from '../../core/base/units';
import { guideOf, nextStep } from '../../state/nextStep';
import { isTuned, shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { resumeRefusal } from '../../state/refusals';
import { Button } from '../../ui';
import type { Studio } from '../../state/slices/studio';

/** Step from which the shown tuning run can resume; undefined unless it was stopped. */
function stoppedStep(s: Studio): number | undefined {
  const run = shownRun(s, 'train');
  const isStopped = isTuned(run) && run.phase.kind === 'stopped' && s.training === null;
  return isStopped ? run.saved?.step : undefined;
}

/** Whether Resume is the filled button of Teach it more, so that no other button there is filled. */
export const isResumeNext = (s: Studio): boolean =>
  stoppedStep(s) !== undefined && resumeRefusal(s) === undefined && nextStep(guideOf(s), 'tune')?.kind === 'resume';

/** Resumes a stopped tuning run. */
export function Resume() {
  const resume = useStudio((s) => s.resume);
  const refusal = useStudio(resumeRefusal);
  const stopped = useStudio(stoppedStep);
  const isNext = useStudio(isResumeNext);
  if (stopped === undefined) return null;
  return (
    <Button
      isDense
      variant={isNext ? 'go' : 'default'}
      icon="play"
      disabledReason={refusal}
      onPress={() => void resume()}
    >
      Resume from step {formatCount(stopped)}
    </Button>
  );
}
