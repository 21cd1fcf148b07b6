import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { explain, headline } from '../../state/failures';
import { useSavedSteps, useStudio } from '../../state/react';
import { modelNeed, stepChoices, trained, type Need } from '../../state/trained';
import { Button, EmptyState, Notice, Panes, Select, Stage } from '../../ui';
import { AlternativesPane } from './AlternativesPane';
import { PromptPane } from './PromptPane';
import { WrittenPane } from './WrittenPane';

/** Talk to the model: what it writes, how sure it was, and what it nearly wrote. */
export function PlaygroundPage() {
  const need = modelNeed(useStudio((s) => s));
  return need ? <Empty need={need} /> : <Playground />;
}

function Playground() {
  useSavedSteps();
  const writing = useStudio((s) => s.writing);
  const generate = useStudio((s) => s.generate);
  const written = useStudio((s) => s.written);
  const [chosen, setChosen] = useState<number>();
  const at = chosen !== undefined && chosen < written.length ? chosen : undefined;
  return (
    <Stage title="Playground" summary={<Summary />} actions={<StepChoice />}>
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
      <Panes columns="288px minmax(0, 1fr) 376px" narrowColumns="248px minmax(0, 1fr) 320px">
        <PromptPane />
        <WrittenPane chosen={at} onChoose={setChosen} />
        <AlternativesPane at={at} onGoOn={() => setChosen(undefined)} />
      </Panes>
    </Stage>
  );
}

function Summary() {
  const { step, name, result, notKept } = trained(useStudio((s) => s));
  return (
    <>
      Step {formatCount(step)} of <b>{name}</b>
      {result !== undefined && `, ${result} on held-out text`}
      {notKept !== undefined && ` · ${notKept}`}
    </>
  );
}

function StepChoice() {
  const which = useStudio((s) => s.which);
  const setWhich = useStudio((s) => s.setWhich);
  const choices = stepChoices(useStudio((s) => s));
  if (choices.length === 0) return null;
  return (
    <Select
      layout="bare"
      label="Checkpoint"
      value={which === 'best' ? 'best' : 'latest'}
      onChange={setWhich}
      options={choices}
    />
  );
}

function Empty({ need }: { need: Need }) {
  const [, go] = useLocation();
  const start = useStudio((s) => s.start);
  return (
    <Stage title="Playground" summary="Give the model a beginning, and it writes on">
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
