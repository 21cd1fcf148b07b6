import { useState } from 'react';
import { useLocation } from 'wouter';
import { F16 } from '../../core/export/format';
import { PRECISIONS } from '../../core/export/cards';
import { useCheckpointChoice, useCheckpointSummary } from '../../state/checkpoint';
import { isOpening, shownId } from '../../state/openRun';
import { useSavedSteps, useStudio } from '../../state/react';
import { useRunChoice } from '../../state/runChoice';
import { type PageNeed, useNeed } from '../../state/useNeed';
import { useSettled } from '../../state/useSettled';
import {
  CheckpointSelect,
  CheckpointSummary,
  EmptyStage,
  NextButton,
  Pane,
  Panes,
  RunSelect,
  Segmented,
  Stage,
} from '../../ui';
import { BringIn } from './BringIn';
import { CardPane } from './CardPane';
import { ExampleFiles } from './ExampleFiles';
import { FormatGrid } from './FormatGrid';
import { Failures } from './Failures';

/** Exports the model, or imports one. */
export function ExportPage() {
  const [, go] = useLocation();
  const need = useNeed('export', go);
  const isComing = useStudio((s) => isOpening(s, 'export'));
  if (isComing) return <Stage title="Export">{null}</Stage>;
  return need ? <Empty need={need} /> : <Export />;
}

function Export() {
  useSavedSteps('export');
  useSettled(useStudio((s) => shownId(s, 'export')));
  const [precision, setPrecision] = useState(F16);
  return (
    <Stage
      title="Export"
      summary={<Summary />}
      actions={
        <>
          <RunChoice />
          <StepChoice />
          <Segmented
            label="Precision"
            value={precision.label}
            onChange={(label) => setPrecision(PRECISIONS.find((one) => one.label === label) ?? F16)}
            options={PRECISIONS.map(({ label }) => ({ value: label, label }))}
          />
        </>
      }
    >
      <Failures />
      <Panes columns="minmax(0, 1fr) 424px" narrowColumns="minmax(0, 1fr) 360px">
        <Pane label="Formats">
          <FormatGrid precision={precision} />
          <BringIn />
        </Pane>
        <CardPane />
      </Panes>
    </Stage>
  );
}

const Summary = () => <CheckpointSummary {...useCheckpointSummary('export')} />;
const RunChoice = () => <RunSelect {...useRunChoice('export')} />;
const StepChoice = () => <CheckpointSelect {...useCheckpointChoice('export')} />;

/** Nothing to export yet. A model can always be imported; while that runs, the empty stage gives way to it. */
function Empty({ need: { reason, step } }: { need: PageNeed }) {
  const isComing = useStudio((s) => s.incoming !== null || s.importingModel.kind === 'busy');
  return (
    <Stage title="Export" summary="Export the model in formats that other tools open" actions={<RunChoice />}>
      <Failures />
      {!isComing && (
        <EmptyStage figure={<ExampleFiles />} reason={reason} action={<NextButton step={step} />}>
          Take your model with you in a format other tools open
        </EmptyStage>
      )}
      <Panes columns="minmax(0, 1fr)">
        <Pane label="Other models">
          <BringIn />
        </Pane>
      </Panes>
    </Stage>
  );
}
