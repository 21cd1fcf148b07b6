import { formatCount } from '../../core/base/units';
import { isTuned, shownRun } from '../../state/openRun';
import { useStudio } from '../../state/react';
import { resumeRefusal } from '../../state/refusals';
import { Button } from '../../ui';

/** Of a run that tunes and was stopped. */
export function Resume() {
  const resume = useStudio((s) => s.resume);
  const isTraining = useStudio((s) => s.training !== null);
  const refusal = useStudio(resumeRefusal);
  const stopped = useStudio((s) => {
    const run = shownRun(s, 'train');
    return isTuned(run) && run.saved && run.phase.kind === 'stopped' ? run.saved.step : undefined;
  });
  if (stopped === undefined || isTraining) return null;
  return (
    <Button isDense icon="play" disabledReason={refusal} onPress={() => void resume()}>
      Resume from step {formatCount(stopped)}
    </Button>
  );
}
