import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { recipeOf } from '../../core/runs/segments';
import { failureReport } from '../../state/failureReport';
import { useShownPart, useStudio } from '../../state/react';
import { resumeRefusal } from '../../state/refusals';
import { Button } from '../../ui';
import { describeSettings, useRunSettings } from '../../state/runSettings';
import { TrainLonger } from './TrainLonger';

/** What can be done with a run at rest; while it runs, Stop stands in the strip. */
export function RunActions() {
  const phase = useShownPart('train', (run) => run.phase);
  const saved = useShownPart('train', (run) => run.saved);
  const record = useShownPart('train', (run) => run.record);
  const resume = useStudio((s) => s.resume);
  const toast = useStudio((s) => s.toast);
  const settings = useRunSettings();
  const [, navigate] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const disabledReason = useStudio(resumeRefusal);

  if (phase.kind === 'failed') {
    const copy = async (): Promise<void> => {
      const where = `At step ${formatCount(phase.step)}. ${describeSettings(settings)}`;
      await navigator.clipboard.writeText(failureReport(phase.failure, where));
      toast({ text: 'Report copied' });
    };
    return (
      <Button
        isDense
        variant="quiet"
        icon="copy"
        onPress={() => void copy().catch(() => toast({ text: 'The browser did not allow copying' }))}
      >
        Copy report
      </Button>
    );
  }
  if (!record || !saved || (phase.kind !== 'stopped' && phase.kind !== 'finished')) return null;
  return (
    <>
      <Button isDense variant="quiet" onPress={() => navigate('/playground')}>
        Write with it
      </Button>
      <Button isDense disabledReason={disabledReason} onPress={() => setAsking(true)}>
        Train longer…
      </Button>
      {phase.kind === 'stopped' && (
        <Button isDense icon="play" disabledReason={disabledReason} onPress={() => void resume()}>
          Resume from step {formatCount(saved.step)}
        </Button>
      )}
      <TrainLonger
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        done={saved.step}
        planned={recipeOf(record).steps}
      />
    </>
  );
}
