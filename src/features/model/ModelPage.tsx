import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { counted, formatBytes, formatCount, formatDuration, formatShort } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { copyLink, settingsOfProject } from '../../state/linkedSettings';
import { runStateOf } from '../../state/nextStep';
import { isTraining, trainingRun } from '../../state/openRun';
import { alreadyRan, useSettingsDiffer } from '../../state/otherSettings';
import { useShownPart, useStudio, useStudioStore } from '../../state/react';
import { useNextStep } from '../../state/useNextStep';
import { Button, MenuButton, NextButton, Notice, Panes, SettingsDiffer, Stage } from '../../ui';
import { diagnose } from './doctor';
import { EstimatePane } from './EstimatePane';
import { byField } from './findings';
import { LinkedSettings } from './LinkedSettings';
import { PlanBlock } from './PlanBlock';
import { RunAgainDialog } from './RunAgainDialog';
import { ShapePane } from './ShapePane';
import { SizeBlock } from './SizeBlock';
import { TrainingPane } from './TrainingPane';
import { useSituation } from './useSituation';

/** Settings of the next run, with estimate and settings check. */
export function ModelPage() {
  const situation = useSituation();
  const isRunning = useStudio((s) => isTraining(s) && trainingRun(s)?.phase.kind !== 'preparing');
  const diagnosis = useMemo(() => diagnose(situation), [situation]);
  const findings = useMemo(() => byField(diagnosis.findings), [diagnosis]);
  const { model, estimate, recipe, device } = situation;
  const [, go] = useLocation();
  const differingSettings = useSettingsDiffer(go);
  const next = useNextStep('model', go);
  return (
    <Stage
      title="Model"
      summary={
        <>
          {modelSpec(model.id).label} with <b>{formatShort(estimate.parameters)}</b> parameters,{' '}
          <b>{formatBytes(estimate.memory.total)}</b>{' '}
          {device?.kind === 'webgpu' && !device.software ? 'on the GPU' : 'of memory'}
          {estimate.seconds !== undefined && (
            <>
              , about <b>{formatDuration(1000 * estimate.seconds)}</b> for {counted(recipe.steps, 'step')}
            </>
          )}
        </>
      }
      actions={
        <>
          <Presets />
          <CopyLink />
          {!differingSettings && (
            <NewRun reason={diagnosis.findings.find(({ severity }) => severity === 'stop')?.detail} />
          )}
          <NextButton step={next} isDense />
        </>
      }
    >
      {isRunning && (
        <Notice tone="ok" title="A run is in progress">
          Changes here apply to the next run.
        </Notice>
      )}
      <LinkedSettings />
      {differingSettings && <SettingsDiffer {...differingSettings} />}
      <PlanBlock />
      <SizeBlock situation={situation} />
      <Panes
        columns="minmax(264px, 3fr) minmax(264px, 3fr) minmax(480px, 6fr)"
        narrowColumns="minmax(216px, 5fr) minmax(244px, 6fr) minmax(416px, 10fr)"
      >
        <ShapePane situation={situation} findings={findings} />
        <TrainingPane situation={situation} findings={findings} />
        <EstimatePane situation={situation} diagnosis={diagnosis} />
      </Panes>
    </Stage>
  );
}

/** Starts another run; asks first if these settings already ran. */
function NewRun({ reason }: { reason: string | undefined }) {
  const [, go] = useLocation();
  const [isConfirming, setConfirming] = useState(false);
  const store = useStudioStore();
  const state = useShownPart('train', runStateOf);
  const hasRecord = useShownPart('train', ({ record }) => record !== null);
  if (!hasRecord || state === 'running' || state === 'preparing' || state === 'stopping') return null;
  const startOrConfirm = (): void => {
    const s = store.getState();
    if (alreadyRan(s)) {
      setConfirming(true);
      return;
    }
    void s.start();
    go('/train');
  };
  return (
    <>
      <Button isDense disabledReason={reason} onPress={startOrConfirm}>
        Start new run
      </Button>
      <RunAgainDialog isOpen={isConfirming} onClose={() => setConfirming(false)} />
    </>
  );
}

function CopyLink() {
  const store = useStudioStore();
  return (
    <Button
      isDense
      label="Copy link to these settings"
      onPress={() => void copyLink(store, settingsOfProject(store.getState().project))}
    >
      Copy link
    </Button>
  );
}

function Presets() {
  const { presets } = modelSpec(useStudio((s) => s.project.model.id));
  const choose = useStudio((s) => s.usePreset);
  return (
    <MenuButton
      entries={presets.map(({ name, config: { layers, width, context } }) => ({
        id: name,
        label: name,
        hint: `${counted(layers, 'layer')}, width ${formatCount(width)}, context ${formatCount(context)}`,
      }))}
      onChoose={choose}
    >
      Presets
    </MenuButton>
  );
}
