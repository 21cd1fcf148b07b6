import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { copyText } from '../../state/copyText';
import { failureReport } from '../../state/failureReport';
import { useShownPart, useStudio, useStudioFields } from '../../state/react';
import { askRefusal, resumeRefusal } from '../../state/refusals';
import { Button, MenuButton, type MenuEntry } from '../../ui';
import { describeSettings, useRunSettings } from '../../state/runSettings';
import { ChangeDialog } from './ChangeDialog';

/** Additional actions on a run; the verdict has the next step, and the strip has Stop. */
export function RunActions() {
  const phase = useShownPart('train', (run) => run.phase);
  const saved = useShownPart('train', (run) => run.saved);
  const record = useShownPart('train', (run) => run.record);
  const toast = useStudio((s) => s.toast);
  const settings = useRunSettings();
  const [isChanging, setChanging] = useState(false);
  const disabledReason = useStudio(resumeRefusal);

  if (phase.kind === 'failed') {
    const where = `At step ${formatCount(phase.step)}. ${describeSettings(settings)}`;
    return (
      <Button
        isDense
        variant="quiet"
        icon="copy"
        onPress={() => void copyText(failureReport(phase.failure, where), toast, { text: 'Report copied' })}
      >
        Copy report
      </Button>
    );
  }
  if (!record || !saved) return null;
  if (phase.kind !== 'training' && phase.kind !== 'stopped' && phase.kind !== 'finished') return null;
  return (
    <>
      <Button
        isDense
        disabledReason={phase.kind === 'training' ? undefined : disabledReason}
        onPress={() => setChanging(true)}
      >
        Change settings…
      </Button>
      <MoreActions prompt={settings.recipe.samplePrompt} />
      {isChanging && <ChangeDialog record={record} done={saved.step} onClose={() => setChanging(false)} />}
    </>
  );
}

/** Requests a sample or an evaluation: between two steps of a training run, else of the newest checkpoint. */
function MoreActions({ prompt }: { prompt: string }) {
  const ask = useStudio((s) => s.ask);
  const stop = useStudio((s) => s.stop);
  const isTraining = useShownPart('train', (run) => run.phase.kind === 'training');
  const [sampleRefusal, evaluateRefusal] = useStudioFields((s) => [askRefusal(s, 'sample'), askRefusal(s, 'evaluate')]);
  const entry = (id: string, label: string, refusal: string | undefined): MenuEntry => ({
    id,
    label,
    ...(refusal !== undefined && { hint: refusal, isDisabled: true }),
  });
  return (
    <MenuButton
      variant="quiet"
      entries={[
        entry('sample', 'Sample now', sampleRefusal),
        entry('evaluate', 'Evaluate now', evaluateRefusal),
        ...(isTraining ? [entry('stop', 'Stop and save', undefined)] : []),
      ]}
      onChoose={(id) => {
        if (id === 'stop') stop();
        else void ask(id === 'sample' ? { what: 'sample', prompt } : { what: 'evaluate' });
      }}
    >
      More actions
    </MenuButton>
  );
}
