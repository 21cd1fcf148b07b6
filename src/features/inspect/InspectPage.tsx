import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { useCheckpointChoice, useCheckpointSummary } from '../../state/checkpoint';
import { explain, headline } from '../../state/failures';
import { isOpening, shownId } from '../../state/openRun';
import { promptOf } from '../../state/playground';
import { useSavedSteps, useShownPart, useStudio } from '../../state/react';
import { useRunChoice } from '../../state/runChoice';
import { type PageNeed, useNeed } from '../../state/useNeed';
import { useSettled } from '../../state/useSettled';
import { useQuery } from '../../state/useWorkerValue';
import {
  Block,
  Button,
  CheckpointSelect,
  CheckpointSummary,
  EmptyStage,
  NextButton,
  Notice,
  Pane,
  Panes,
  RunSelect,
  Stage,
  TextField,
  TokenText,
  type TokenView,
} from '../../ui';
import { LensPane } from './LensPane';
import { PredictionPane } from './PredictionPane';
import { TokensPane } from './TokensPane';
import styles from './InspectPage.module.css';

/** Inspect: how well the Playground's model predicts each token of a passage. */
export function InspectPage() {
  const [, go] = useLocation();
  const need = useNeed('playground', go);
  const isRunOpening = useStudio((s) => isOpening(s, 'playground'));
  if (isRunOpening) return <Stage title="Inspect">{null}</Stage>;
  return need ? <Empty need={need} /> : <Inspect />;
}

function Inspect() {
  useSavedSteps('playground');
  const runId = useStudio((s) => shownId(s, 'playground'));
  useSettled(runId);
  const which = useShownPart('playground', (run) => run.which);
  const initial = useStudio(promptOf);
  const [typed, setTyped] = useState<string>();
  const [asked, setAsked] = useState<{ prompt: string; time: number }>();
  const [chosen, setChosen] = useState<number>();
  const prompt = typed ?? initial;
  const input = asked && runId !== null ? { runId, which, prompt: asked.prompt } : undefined;
  const key = input && JSON.stringify(input);
  const query = useQuery(key, ({ gpu }, { signal }) => gpu.call('inspectTokens', input!, { signal }), asked?.time);
  const { latest, failure, isLoading } = query;
  const lenses = useQuery(
    query.value && key,
    ({ gpu }, { signal }) => gpu.call('inspectLens', input!, { signal }),
    asked?.time,
  ).value;
  const inspect = (): void => {
    setChosen(undefined);
    setAsked({ prompt, time: (asked?.time ?? 0) + 1 });
  };
  const found = failure ? undefined : latest;
  const lens = failure || chosen === undefined ? undefined : lenses?.[chosen];
  return (
    <Stage
      title="Inspect"
      summary={<Summary />}
      actions={
        <>
          <RunChoice />
          <StepChoice />
        </>
      }
    >
      {failure && (
        <Notice tone="error" title={headline(failure)}>
          {explain(failure)}
        </Notice>
      )}
      <Panes
        isFirstAlongside
        columns="288px minmax(0, 1fr) 376px"
        narrowColumns="248px minmax(0, 1fr) 320px"
        {...(lens && { rows: 'minmax(0, 1fr) fit-content(60%)' })}
      >
        <Pane title="Passage">
          <Block>
            <TextField label="Passage" hideLabel rows={8} isProse value={prompt} onChange={setTyped} />
            <div className={styles.start}>
              <Button variant="go" isDense onPress={inspect}>
                Inspect passage
              </Button>
              <span role="status">{statusWords(isLoading, found)}</span>
            </div>
          </Block>
        </Pane>
        <TokensPane found={found} chosen={chosen} onChoose={setChosen} />
        <PredictionPane token={chosen === undefined ? undefined : found?.tokens[chosen]} index={chosen} />
        {lens && chosen !== undefined && <LensPane lens={lens} index={chosen} />}
      </Panes>
    </Stage>
  );
}

function statusWords(isLoading: boolean, found: { tokens: readonly unknown[]; cut: number } | undefined): string {
  if (isLoading) return 'Computing…';
  if (!found) return '';
  if (found.cut > 0) return `Cut ${formatCount(found.cut)} tokens that don’t fit into the context`;
  return `${formatCount(found.tokens.length)} predictions`;
}

const Summary = () => <CheckpointSummary {...useCheckpointSummary('playground')} />;
const RunChoice = () => <RunSelect {...useRunChoice('playground')} />;
const StepChoice = () => <CheckpointSelect {...useCheckpointChoice('playground')} />;

function Empty({ need: { reason, step } }: { need: PageNeed }) {
  return (
    <Stage title="Inspect" summary="See what the model predicts at each token" actions={<RunChoice />}>
      <EmptyStage
        figure={<TokenText label="Example" form="underline" tokens={EXAMPLE} />}
        reason={reason}
        action={<NextButton step={step} />}
      >
        See which tokens of a passage your model expects
      </EmptyStage>
    </Stage>
  );
}

const EXAMPLE: readonly TokenView[] = [
  { text: 'The', step: 1 },
  { text: ' whale', step: 3 },
  { text: ' turned', step: 4 },
  { text: ' upon', step: 3 },
  { text: ' the', step: 0 },
  { text: ' boats', step: 2 },
  { text: '.', step: 0 },
];
