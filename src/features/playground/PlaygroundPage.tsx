import { useState } from 'react';
import { useLocation } from 'wouter';
import { explain, headline } from '../../state/failures';
import { isOpening } from '../../state/openRun';
import { useNeed, useSavedSteps, useStudio } from '../../state/react';
import { useCheckpointChoice, useCheckpointSummary } from '../../state/checkpoint';
import { useRunChoice } from '../../state/runChoice';
import type { Need } from '../../state/trained';
import { Button, CheckpointSelect, CheckpointSummary, EmptyState, Notice, Panes, RunSelect, Stage } from '../../ui';
import { AlternativesPane } from './AlternativesPane';
import { PromptPane } from './PromptPane';
import { WrittenPane } from './WrittenPane';

/** Talk to the model: what it writes, how sure it was, and what it nearly wrote. */
export function PlaygroundPage() {
  const need = useNeed('playground');
  const isComing = useStudio((s) => isOpening(s, 'playground'));
  if (isComing) return <Stage title="Playground">{null}</Stage>;
  return need ? <Empty need={need} /> : <Playground />;
}

function Playground() {
  useSavedSteps('playground');
  const writing = useStudio((s) => s.writing);
  const generate = useStudio((s) => s.generate);
  const written = useStudio((s) => s.written);
  const [chosen, setChosen] = useState<number>();
  const at = chosen !== undefined && chosen < written.length ? chosen : undefined;
  return (
    <Stage
      title="Playground"
      summary={<Summary />}
      actions={
        <>
          <RunChoice />
          <StepChoice />
        </>
      }
    >
      {writing.kind === 'failed' && (
        <Notice
          tone="error"
          title={headline(writing.failure)}
          actions={
            <Button isDense icon="retry" onPress={() => void generate()}>
              Try again
            </Button>
          }
        >
          {explain(writing.failure)}
        </Notice>
      )}
      <Panes isFirstBeside columns="288px minmax(0, 1fr) 376px" narrowColumns="248px minmax(0, 1fr) 320px">
        <PromptPane />
        <WrittenPane chosen={at} onChoose={setChosen} />
        <AlternativesPane at={at} onGoOn={() => setChosen(undefined)} />
      </Panes>
    </Stage>
  );
}

const Summary = () => <CheckpointSummary {...useCheckpointSummary('playground')} />;
const RunChoice = () => <RunSelect {...useRunChoice('playground')} />;
const StepChoice = () => <CheckpointSelect {...useCheckpointChoice('playground')} />;

function Empty({ need }: { need: Need }) {
  const [, go] = useLocation();
  const start = useStudio((s) => s.start);
  return (
    <Stage title="Playground" summary="Give the model a beginning, and it writes on" actions={<RunChoice />}>
      <EmptyState
        action={
          <Button
            variant="go"
            onPress={() => {
              if (need.starts) void start();
              go(need.path);
            }}
          >
            {need.button}
          </Button>
        }
      >
        {need.words}
      </EmptyState>
    </Stage>
  );
}
