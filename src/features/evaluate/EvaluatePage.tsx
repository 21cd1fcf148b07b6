import { useLayoutEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { counted, formatCount } from '../../core/base/units';
import { useCheckpointChoice } from '../../state/checkpoint';
import {
  evaluatedStep,
  evaluationFile,
  evaluateRefusal,
  hasStrided,
  isMeasuredOnText,
  lacksStrided,
  looksSoFar,
  outOfDate,
  shownEvaluating,
  shownEvaluation,
  startsByItself,
  takesText,
  unmeasuredWords,
} from '../../state/evaluate';
import { explain, headline } from '../../state/failures';
import { listsOfRun, shownLists } from '../../state/lists';
import { runStateOf } from '../../state/nextStep';
import { isOpening, isTraining, shownRun } from '../../state/openRun';
import { useSavedSteps, useStudio, useStudioFields } from '../../state/react';
import { useRunChoice } from '../../state/runChoice';
import { type PageNeed, useNeed } from '../../state/useNeed';
import { dataOf } from '../../core/runs/segments';
import { timed } from '../../state/timed';
import { useNextStep } from '../../state/useNextStep';
import { useVerdict } from '../../state/verdict';
import { describeWork } from '../../state/work';
import { evaluationTime } from '../../state/workTime';
import {
  Button,
  CheckpointSelect,
  EmptyStage,
  ExampleMatrix,
  MenuButton,
  NextButton,
  Notice,
  Progress,
  RunSelect,
  Stage,
  type StageTab,
  StageTabs,
  useHeldFocus,
  Verdict,
} from '../../ui';
import styles from './EvaluatePage.module.css';
import { ExampleBaselines } from './ExampleBaselines';
import { ListPanes } from './ListPanes';
import { EvaluationTextSelect } from './EvaluationTextSelect';
import { OwnTextDialog, EvaluationTextDrop } from './OwnText';
import type { EvaluationText } from './readEvaluationText';
import { Result } from './Result';
import { Summary } from './Summary';
import { askedRows, evaluationRows } from './table';
import { evaluatedStanding, judged, looksWords, outOfDateWords, sampledWords } from './words';
import type { Studio } from '../../state/slices/studio';
import type { OpenRun } from '../../state/slices/run';

/** Scores of a checkpoint on held-out text, next to baselines, and where the model fails. */
export function EvaluatePage() {
  const [, go] = useLocation();
  const need = useNeed('evaluate', go);
  const isRunOpening = useStudio((s) => isOpening(s, 'evaluate'));
  if (isRunOpening) return <Stage title="Evaluate">{null}</Stage>;
  return need ? <Empty need={need} /> : <Evaluate />;
}

function Evaluate() {
  useSavedSteps('evaluate');
  /** Initial text of the dialog; null: the previous text; undefined: the dialog is closed. */
  const [dialogText, setDialogText] = useState<EvaluationText | null>();
  const acceptsText = useStudio(takesText);
  const choose = useStudio((s) => s.chooseEvaluatedOn);
  const openTextDialog = (initialText: EvaluationText | null): void => {
    choose('text');
    setDialogText(initialText);
  };
  const [, go] = useLocation();
  const isListsPart = new URLSearchParams(useSearch()).get('part') === 'asked';
  return (
    <Stage
      title="Evaluate"
      tabs={
        <StageTabs
          label="Parts of Evaluate"
          tabs={TABS}
          current={isListsPart ? 'asked' : 'scores'}
          onGo={({ id }) => go(id === 'scores' ? '/evaluate' : '/evaluate?part=asked')}
        />
      }
      summary={<Summary />}
      actions={
        <>
          <RunSelect {...useRunChoice('evaluate')} />
          <CheckpointSelect {...useCheckpointChoice('evaluate')} />
          <EvaluationTextSelect onChooseText={() => openTextDialog(null)} />
          <Download isListsPart={isListsPart} />
        </>
      }
    >
      {isListsPart ? <ListPanes /> : <ScorePanes onChooseText={() => openTextDialog(null)} />}
      {acceptsText && dialogText === undefined && <EvaluationTextDrop onChooseText={openTextDialog} />}
      {dialogText !== undefined && (
        <OwnTextDialog initialText={dialogText ?? undefined} onClose={() => setDialogText(undefined)} />
      )}
    </Stage>
  );
}

const TABS: readonly StageTab[] = [
  { id: 'scores', href: '?', label: 'Scores' },
  { id: 'asked', href: '?part=asked', label: 'Compare, pairs and tasks' },
];

function ScorePanes({ onChooseText }: { onChooseText: () => void }) {
  const work = useStudio(shownEvaluating);
  const saved = useStudio(shownEvaluation);
  useHeldFocus(work.kind);
  useAutomaticStart();
  return (
    <>
      {work.kind === 'failed' && (
        <Notice tone="error" title={headline(work.failure)} actions={<MeasureButton>Try again</MeasureButton>}>
          {explain(work.failure)}
        </Notice>
      )}
      {work.kind === 'busy' ? (
        <EvaluationProgress />
      ) : saved ? (
        <EvaluationVerdict onChooseText={onChooseText} />
      ) : (
        saved === null && <NotMeasured onChooseText={onChooseText} />
      )}
      {saved && <Result record={saved.record} />}
    </>
  );
}

/** Starts the evaluation before the browser paints, so that no empty page flashes. */
function useAutomaticStart(): void {
  const shouldStart = useStudio(startsByItself);
  const evaluateStep = useStudio((s) => s.evaluateStep);
  useLayoutEffect(() => {
    if (shouldStart) void evaluateStep();
  }, [shouldStart, evaluateStep]);
}

/** Verdict, with a notice if it's out of date. */
function EvaluationVerdict({ onChooseText }: { onChooseText: () => void }) {
  const saved = useStudio(shownEvaluation)!;
  const reasons = useStudioFields(outOfDate);
  const chosenCheckpoint = useStudioFields((s) => ({ step: evaluatedStep(s) ?? 0, which: evaluated(s).which }));
  const isImproving = useIsImproving();
  const sampled = useStudio((s) => sampledWords(saved.record, evaluated(s).log.evaluations));
  const { tone, judgement, evidence } = judged(saved.record, isImproving && reasons.length === 0);
  return (
    <>
      {reasons.length > 0 && (
        <Notice
          tone="warn"
          title={outOfDateWords(reasons, saved.record, chosenCheckpoint)}
          actions={<MeasureOrChooseText onChooseText={onChooseText} isMain />}
        />
      )}
      <Verdict
        sign={tone}
        judgement={judgement}
        actions={
          reasons.length === 0 && (
            <>
              <StridedButton />
              <MeasureOrChooseText onChooseText={onChooseText} />
              <NextStepButton />
            </>
          )
        }
      >
        {[evidence, sampled].filter(Boolean).join(' ')}
      </Verdict>
    </>
  );
}

const evaluated = (s: Studio): OpenRun => shownRun(s, 'evaluate');

/** Whether the page's run is finished, and was still improving when training ended. False on the user's own text. */
function useIsImproving(): boolean {
  const { trend } = useVerdict(evaluated);
  return useStudio((s) => s.evaluatedOn !== 'text' && runStateOf(evaluated(s)) === 'finished') && trend === 'falling';
}

/** The project's next step, chosen by this verdict. */
function NextStepButton() {
  const [, go] = useLocation();
  const standing = useStudio(evaluatedStanding);
  return <NextButton step={useNextStep('evaluate', go, standing)} isDense />;
}

/** Downloads what this part of the page shows. */
function Download({ isListsPart }: { isListsPart: boolean }) {
  const saveTable = useStudio((s) => s.saveTable);
  const saveEvaluation = useStudio((s) => s.saveEvaluation);
  const run = useStudio((s) => shownRun(s, 'evaluate').record?.name ?? '');
  const scoreRecord = useStudio((s) => shownEvaluation(s)?.record);
  const listRecords = useStudio(listsOfRun);
  const listRecord = useStudio(shownLists);
  const record = isListsPart ? listRecord : scoreRecord;
  if (!record) return null;
  return (
    <MenuButton
      entries={[
        { id: 'csv', label: 'CSV', hint: isListsPart ? 'all steps' : 'for a spreadsheet' },
        { id: 'json', label: 'JSON', hint: 'all details' },
      ]}
      onChoose={(id) => {
        if (id === 'json') saveEvaluation(record);
        else if (isListsPart) saveTable(evaluationFile(record), askedRows(run, listRecords));
        else saveTable(evaluationFile(record), evaluationRows(run, record));
      }}
    >
      Download report
    </MenuButton>
  );
}

function EvaluationProgress() {
  const work = useStudio(shownEvaluating);
  const isTrainingNow = useStudio(isTraining);
  const step = useStudio((s) => s.underEvaluation?.step);
  const isOther = useStudio((s) => s.underEvaluation?.step !== evaluatedStep(s));
  const progressWords = describeWork(work);
  if (work.kind !== 'busy' || !progressWords) return null;
  const label = isOther ? `Step ${formatCount(step ?? 0)}: ${progressWords.label}` : progressWords.label;
  return (
    <div className={styles.working}>
      <div className={styles.progress}>
        <Progress {...progressWords} label={label} delayMs={0} />
        {isTrainingNow && <p className={styles.note}>Slower while a run trains</p>}
      </div>
      <Button isDense icon="stop" onPress={work.stop}>
        Cancel
      </Button>
    </div>
  );
}

function MeasureButton({ children, isMain }: { children: string; isMain?: boolean }) {
  const evaluateStep = useStudio((s) => s.evaluateStep);
  const refusal = useStudio(evaluateRefusal);
  const label = useStudio((s) => timed(children, evaluationTime(s, hasStrided(s))));
  return (
    <Button isDense variant={isMain ? 'go' : 'default'} disabledReason={refusal} onPress={() => void evaluateStep()}>
      {label}
    </Button>
  );
}

/** Offers strided perplexity, which takes twice the forward passes. */
function StridedButton() {
  const evaluateStep = useStudio((s) => s.evaluateStep);
  const isOffered = useStudio((s) => lacksStrided(s) && evaluateRefusal(s) === undefined);
  if (!isOffered) return null;
  return (
    <Button isDense variant="quiet" onPress={() => void evaluateStep(true)}>
      Measure with full context
    </Button>
  );
}

/** The user's own text is in memory only, so it may have to be added again. */
function MeasureOrChooseText({ onChooseText, isMain }: { onChooseText: () => void; isMain?: boolean }) {
  const needsText = useStudio((s) => s.evaluatedOn === 'text' && s.ownText === null);
  if (needsText)
    return (
      <Button isDense onPress={onChooseText}>
        Choose text…
      </Button>
    );
  return <MeasureButton {...(isMain && { isMain })}>Evaluate again</MeasureButton>;
}

/** Empty stage with a button that starts an evaluation. */
function NotMeasured({ onChooseText }: { onChooseText: () => void }) {
  const [, go] = useLocation();
  const { evaluatedOn, refusal, text, hasData, isMeasured, isOfText, isClassifier, isBusy, testSetUses } =
    useStudioFields((s) => {
      const { record } = shownRun(s, 'evaluate');
      return {
        evaluatedOn: s.evaluatedOn,
        refusal: evaluateRefusal(s),
        text: s.ownText,
        isMeasured: record !== null && unmeasuredWords(record) === undefined,
        isOfText: record !== null && isMeasuredOnText(record),
        isClassifier: record?.model.config.classes !== undefined,
        hasData: record !== null && dataOf(record).id !== null,
        isBusy: s.evaluating.kind === 'busy',
        testSetUses: looksSoFar(s),
      };
    });
  const words = {
    validation: undefined,
    test: `${looksWords(testSetUses)}. Save it for the model that you publish.`,
    text: text ? `${text.name}, ${counted(Array.from(text.text).length, 'character')}` : 'Paste text or drop a file.',
  };
  const needsText = isOfText && ((evaluatedOn === 'text' && !text) || (evaluatedOn !== 'text' && !hasData));
  const needsTestSet = isMeasured && evaluatedOn === 'test' && hasData && refusal !== undefined && !isBusy;
  return (
    <EmptyStage
      figure={isClassifier ? <ExampleMatrix /> : <ExampleBaselines />}
      reason={refusal === undefined || (evaluatedOn === 'text' && needsText) ? words[evaluatedOn] : refusal}
      action={
        needsText ? (
          <Button variant="go" onPress={onChooseText}>
            Choose text…
          </Button>
        ) : needsTestSet ? (
          <Button variant="go" onPress={() => go('/tokens?part=data')}>
            Hold out a test set
          </Button>
        ) : (
          refusal === undefined && <MeasureButton isMain>Evaluate</MeasureButton>
        )
      }
    >
      {isClassifier
        ? 'See how many texts it gets right, and which labels it confuses'
        : 'See how your model compares with word counting'}
    </EmptyStage>
  );
}

function Empty({ need: { reason, step } }: { need: PageNeed }) {
  return (
    <Stage
      title="Evaluate"
      summary="Measure a model on text it never saw"
      actions={<RunSelect {...useRunChoice('evaluate')} />}
    >
      <EmptyStage figure={<ExampleBaselines />} reason={reason} action={<NextButton step={step} />}>
        See how your model compares with word counting
      </EmptyStage>
    </Stage>
  );
}
