import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { counted, formatBytes, formatCount, formatDuration, formatShort } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { useShownPart, useStudio } from '../../state/react';
import { isTraining, trainingRun } from '../../state/openRun';
import { useResumeOrNew } from '../../state/otherSettings';
import { Button, MenuButton, Notice, Panes, ResumeOrNew, Stage } from '../../ui';
import { diagnose } from './doctor';
import { EstimatePane } from './EstimatePane';
import { byField } from './findings';
import { PlanBlock } from './PlanBlock';
import { ShapePane } from './ShapePane';
import { SizeBlock } from './SizeBlock';
import { TrainingPane } from './TrainingPane';
import { useSituation } from './useSituation';

/** The next run's settings, what they will cost, and what speaks against them. */
export function ModelPage() {
  const situation = useSituation();
  const isRunning = useStudio((s) => isTraining(s) && trainingRun(s)?.phase.kind !== 'preparing');
  const diagnosis = useMemo(() => diagnose(situation), [situation]);
  const findings = useMemo(() => byField(diagnosis.findings), [diagnosis]);
  const { model, estimate, recipe, device } = situation;
  const [, go] = useLocation();
  const ways = useResumeOrNew(go);
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
          {!ways && <NewRun reason={diagnosis.findings.find(({ severity }) => severity === 'stop')?.detail} />}
        </>
      }
    >
      {isRunning && (
        <Notice tone="ok" title="A run is in progress">
          It keeps its own settings; what is set here is for the next one.
        </Notice>
      )}
      {ways && <ResumeOrNew {...ways} />}
      <PlanBlock />
      <SizeBlock situation={situation} />
      <Panes
        columns="minmax(264px, 3fr) minmax(264px, 3fr) minmax(480px, 6fr)"
        narrowColumns="minmax(232px, 3fr) minmax(232px, 3fr) minmax(440px, 6fr)"
      >
        <ShapePane situation={situation} findings={findings} />
        <TrainingPane situation={situation} findings={findings} />
        <EstimatePane situation={situation} diagnosis={diagnosis} />
      </Panes>
    </Stage>
  );
}

/** Where the strip's button would resume the last run, these settings need one of their own. */
function NewRun({ reason }: { reason: string | undefined }) {
  const [, navigate] = useLocation();
  const isResumable = useShownPart(
    'train',
    ({ record, phase }) => record !== null && (phase.kind === 'stopped' || phase.kind === 'failed'),
  );
  const start = useStudio((s) => s.start);
  if (!isResumable) return null;
  return (
    <Button
      isDense
      icon="play"
      disabledReason={reason}
      onPress={() => {
        void start();
        navigate('/train');
      }}
    >
      Start a new run
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
