import { useState } from 'react';
import { useLocation } from 'wouter';
import { F16 } from '../../core/export/format';
import { useCheckpointChoice } from '../../state/checkpoint';
import { isOpening, shownId } from '../../state/openRun';
import { useSavedSteps, useStudio } from '../../state/react';
import { useRunChoice } from '../../state/runChoice';
import { type PageNeed, useNeed } from '../../state/useNeed';
import { useSettled } from '../../state/useSettled';
import { CheckpointSelect, EmptyStage, Fold, NextButton, Pane, PaneHead, Panes, RunSelect, Stage } from '../../ui';
import { ImportBlock } from './ImportBlock';
import { ExampleFiles } from './ExampleFiles';
import styles from './ExportPage.module.css';
import { Failures } from './Failures';
import { ModelCard } from './ModelCard';
import { UseList } from './UseList';
import { UsePane } from './UsePane';

/** Exports the model, or imports one. */
export function ExportPage() {
  const [, go] = useLocation();
  const need = useNeed('export', go);
  const isRunOpening = useStudio((s) => isOpening(s, 'export'));
  if (isRunOpening) return <Stage title="Export">{null}</Stage>;
  return need ? <Empty need={need} /> : <Export />;
}

function Export() {
  useSavedSteps('export');
  useSettled(useStudio((s) => shownId(s, 'export')));
  const [precision, setPrecision] = useState(F16);
  return (
    <Stage
      title="Export"
      summary="What do you want to do with it?"
      actions={
        <>
          <RunChoice />
          <StepChoice />
        </>
      }
    >
      <Failures />
      <Panes columns="minmax(0, 1fr) minmax(0, 1fr)">
        <Pane label="Uses">
          <UseList precision={precision} />
          <ModelCard />
          <ImportSection />
        </Pane>
        <UsePane precision={precision} onPrecision={setPrecision} />
      </Panes>
    </Stage>
  );
}

const RunChoice = () => <RunSelect {...useRunChoice('export')} />;
const StepChoice = () => <CheckpointSelect {...useCheckpointChoice('export')} />;

/** Import section, folded until a model is being imported. */
function ImportSection() {
  const isImporting = useStudio((s) => s.incoming !== null || s.importingModel.kind === 'busy');
  if (isImporting)
    return (
      <>
        <PaneHead title="Import a model" />
        <ImportBlock />
      </>
    );
  return (
    <Fold className={styles.fold} summary="Import a model">
      <ImportBlock />
    </Fold>
  );
}

/** Empty stage without a model. Importing is always possible; while it runs, it replaces the empty stage. */
function Empty({ need: { reason, step } }: { need: PageNeed }) {
  const isImporting = useStudio((s) => s.incoming !== null || s.importingModel.kind === 'busy');
  return (
    <Stage title="Export" summary="Export the model in formats that other tools open" actions={<RunChoice />}>
      <Failures />
      {!isImporting && (
        <EmptyStage figure={<ExampleFiles />} reason={reason} action={<NextButton step={step} />}>
          Take your model with you in a format other tools open
        </EmptyStage>
      )}
      <Panes columns="minmax(0, 1fr)">
        <Pane title="Import a model">
          <ImportBlock />
        </Pane>
      </Panes>
    </Stage>
  );
}
