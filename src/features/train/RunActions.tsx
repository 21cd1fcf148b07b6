import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { recipeOf } from '../../core/runs/segments';
import { failureReport } from '../../state/failureReport';
import { useShownPart, useStudio, useStudioFields } from '../../state/react';
import { otherSettings } from '../../state/otherSettings';
import { askRefusal, resumeRefusal } from '../../state/refusals';
import { Button } from '../../ui';
import { describeSettings, useRunSettings } from '../../state/runSettings';
import { ChangeDialog } from './ChangeDialog';
import { TrainLonger } from './TrainLonger';

/** What can be done with a run, at rest or while it trains; Stop stands in the strip. */
export function RunActions() {
  const phase = useShownPart('train', (run) => run.phase);
  const saved = useShownPart('train', (run) => run.saved);
  const record = useShownPart('train', (run) => run.record);
  const resume = useStudio((s) => s.resume);
  const show = useStudio((s) => s.show);
  const toast = useStudio((s) => s.toast);
  const settings = useRunSettings();
  const [, navigate] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const disabledReason = useStudio(resumeRefusal);
  const differs = useStudio((s) => otherSettings(s).length > 0);

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
  if (!record || !saved) return null;
  const change = isChanging && <ChangeDialog record={record} done={saved.step} onClose={() => setChanging(false)} />;
  if (phase.kind === 'training') {
    return (
      <>
        <AskNow prompt={settings.recipe.samplePrompt} />
        <Button isDense onPress={() => setChanging(true)}>
          Change and continue…
        </Button>
        {change}
      </>
    );
  }
  if (phase.kind !== 'stopped' && phase.kind !== 'finished') return change;
  const write = (): void => {
    void show('playground', record.id);
    navigate('/playground');
  };
  return (
    <>
      <AskNow prompt={settings.recipe.samplePrompt} />
      <Button isDense variant="quiet" onPress={write}>
        {record.model.config.classes ? 'Classify with it' : 'Write with it'}
      </Button>
      <Button isDense disabledReason={disabledReason} onPress={() => setChanging(true)}>
        Change and continue…
      </Button>
      {/* Where settings differ both ways on stand below, with what does. */}
      {differs ? null : phase.kind === 'stopped' ? (
        <Button isDense icon="play" disabledReason={disabledReason} onPress={() => void resume()}>
          Resume from step {formatCount(saved.step)}
        </Button>
      ) : (
        <Button isDense disabledReason={disabledReason} onPress={() => setAsking(true)}>
          Train longer…
        </Button>
      )}
      {change}
      <TrainLonger
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        done={saved.step}
        planned={recipeOf(record).steps}
      />
    </>
  );
}

/** While it trains it answers between two steps, at rest by its newest saved one. */
function AskNow({ prompt }: { prompt: string }) {
  const ask = useStudio((s) => s.ask);
  const [whyNotSample, whyNotEvaluate] = useStudioFields((s) => [askRefusal(s, 'sample'), askRefusal(s, 'evaluate')]);
  return (
    <>
      <Button
        isDense
        variant="quiet"
        disabledReason={whyNotSample}
        onPress={() => void ask({ what: 'sample', prompt })}
      >
        Sample now
      </Button>
      <Button isDense variant="quiet" disabledReason={whyNotEvaluate} onPress={() => void ask({ what: 'evaluate' })}>
        Evaluate now
      </Button>
    </>
  );
}
