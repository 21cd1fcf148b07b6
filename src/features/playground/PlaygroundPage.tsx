import { useState } from 'react';
import { useLocation } from 'wouter';
import { explain, headline } from '../../state/failures';
import { isOpening, shownId } from '../../state/openRun';
import { useSavedSteps, useStudio } from '../../state/react';
import { useCheckpointChoice, useCheckpointSummary } from '../../state/checkpoint';
import { useRunChoice } from '../../state/runChoice';
import { type PageNeed, useNeed } from '../../state/useNeed';
import { useSettled } from '../../state/useSettled';
import {
  Button,
  CheckpointSelect,
  CheckpointSummary,
  EmptyStage,
  NextButton,
  Notice,
  Panes,
  RunSelect,
  Stage,
} from '../../ui';
import { isChatting, playgroundKind, type PlaygroundKind } from '../../state/playground';
import { AlternativesPane } from './AlternativesPane';
import { CopiedBlock } from './CopiedBlock';
import { ChatPane } from './ChatPane';
import { ChatSettingsPane } from './ChatSettingsPane';
import { CandidatesPane } from './CandidatesPane';
import { AnswerPane, LabelsPane, TextPane } from './ClassifierPanes';
import { ExampleWriting } from './ExampleWriting';
import { FilledPane } from './FilledPane';
import { InputPane } from './InputPane';
import { KIND_TEXTS } from './kinds';
import { PassagePane } from './PassagePane';
import { PromptPane } from './PromptPane';
import { WrittenPane } from './WrittenPane';

/** Playground: generated text, its probabilities, and alternatives. */
export function PlaygroundPage() {
  const [, go] = useLocation();
  const need = useNeed('playground', go);
  const isRunOpening = useStudio((s) => isOpening(s, 'playground'));
  if (isRunOpening) return <Stage title="Playground">{null}</Stage>;
  return need ? <Empty need={need} /> : <Playground />;
}

function Playground() {
  useSavedSteps('playground');
  useSettled(useStudio((s) => shownId(s, 'playground')));
  const writing = useStudio((s) => s.writing);
  const generate = useStudio((s) => s.generate);
  const kind = useStudio(playgroundKind);
  const isChat = useStudio(isChatting);
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
      <Panes isFirstAlongside columns="288px minmax(0, 1fr) 376px" narrowColumns="248px minmax(0, 1fr) 320px">
        <KindPanes key={`${kind} ${isChat}`} kind={kind} isChat={isChat} />
      </Panes>
    </Stage>
  );
}

/** Input, output and alternatives for a kind of model. */
function KindPanes({ kind, isChat }: { kind: PlaygroundKind; isChat: boolean }) {
  const count = useStudio((s) => (kind === 'encoder' ? (s.filled?.blanks.length ?? 0) : s.written.length));
  const [chosen, setChosen] = useState<number>();
  const chosenIndex = chosen !== undefined && chosen < count ? chosen : undefined;
  const close = (): void => setChosen(undefined);
  switch (kind) {
    case 'decoder':
      if (isChat)
        return (
          <>
            <ChatSettingsPane />
            <ChatPane chosen={chosenIndex} onChoose={setChosen} />
            <AlternativesPane index={chosenIndex} onClose={close} />
          </>
        );
      return (
        <>
          <PromptPane />
          <WrittenPane chosen={chosenIndex} onChoose={setChosen} />
          <AlternativesPane index={chosenIndex} onClose={close} canContinue>
            <CopiedBlock />
          </AlternativesPane>
        </>
      );
    case 'encoder':
      return (
        <>
          <PassagePane />
          <FilledPane chosen={chosenIndex} onChoose={setChosen} />
          <CandidatesPane blank={chosenIndex} onClose={close} />
        </>
      );
    case 'encoder-decoder':
      return (
        <>
          <InputPane />
          <WrittenPane isAnswer chosen={chosenIndex} onChoose={setChosen} />
          <AlternativesPane index={chosenIndex} onClose={close} />
        </>
      );
    case 'classifier':
      return (
        <>
          <TextPane />
          <AnswerPane />
          <LabelsPane />
        </>
      );
    default:
      return kind satisfies never;
  }
}

const Summary = () => <CheckpointSummary {...useCheckpointSummary('playground')} />;
const RunChoice = () => <RunSelect {...useRunChoice('playground')} />;
const StepChoice = () => <CheckpointSelect {...useCheckpointChoice('playground')} />;

function Empty({ need: { reason, step } }: { need: PageNeed }) {
  const { summary } = KIND_TEXTS[useStudio(playgroundKind)];
  return (
    <Stage title="Playground" summary={summary} actions={<RunChoice />}>
      <EmptyStage figure={<ExampleWriting />} reason={reason} action={<NextButton step={step} />}>
        Write with your model and see what surprised it
      </EmptyStage>
    </Stage>
  );
}
