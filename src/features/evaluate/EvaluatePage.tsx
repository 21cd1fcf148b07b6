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
import { OnChoice } from './OnChoice';
import { OwnTextDialog, TakesText } from './OwnText';
import type { Given } from './givenText';
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
  const isComing = useStudio((s) => isOpening(s, 'evaluate'));
  if (isComing) return <Stage title="Evaluate">{null}</Stage>;
  return need ? <Empty need={need} /> : <Evaluate />;
}

function Evaluate() {
  useSavedSteps('evaluate');
  /** Initial text of the dialog; null: the text given before. */
  const [giving, setGiving] = useState<Given | null>();
  const takes = useStudio(takesText);
  const choose = useStudio((s) => s.chooseEvaluatedOn);
  const give = (given: Given | null): void => {
    choose('text');
    setGiving(given);
  };
  const [, go] = useLocation();
  const isAsked = new URLSearchParams(useSearch()).get('part') === 'asked';
  return (
    <Stage
      title="Evaluate"
      tabs={
        <StageTabs
          label="Parts of Evaluate"
          tabs={TABS}
          current={isAsked ? 'asked' : 'scores'}
          onGo={({ id }) => go(id === 'scores' ? '/evaluate' : '/evaluate?part=asked')}
        />
      }
      summary={<Summary />}
      actions={
        <>
          <RunSelect {...useRunChoice('evaluate')} />
          <CheckpointSelect {...useCheckpointChoice('evaluate')} />
          <OnChoice onGive={() => give(null)} />
          <Download isAsked={isAsked} />
        </>
      }
    >
      {isAsked ? <ListPanes /> : <ScorePanes onGive={() => give(null)} />}
      {takes && giving === undefined && <TakesText onGive={give} />}
      {giving !== undefined && <OwnTextDialog given={giving ?? undefined} onClose={() => setGiving(undefined)} />}
    </Stage>
  );
}

const TABS: readonly StageTab[] = [
  { id: 'scores', href: '?', label: 'Scores' },
  { id: 'asked', href: '?part=asked', label: 'Compare, pairs and tasks' },
];

function ScorePanes({ onGive }: { onGive: () => void }) {
  const work = useStudio(shownEvaluating);
  const kept = useStudio(shownEvaluation);
  useHeldFocus(work.kind);
  useStart();
  return (
    <>
      {work.kind === 'failed' && (
        <Notice tone="error" title={headline(work.failure)} actions={<MeasureButton>Try again</MeasureButton>}>
          {explain(work.failure)}
        </Notice>
      )}
      {work.kind === 'busy' ? (
        <Working />
      ) : kept ? (
        <Judgement onGive={onGive} />
      ) : (
        kept === null && <NotMeasured onGive={onGive} />
      )}
      {kept && <Result record={kept.record} />}
    </>
  );
}

/** Starts in an effect before paint, so that no empty page flashes. */
function useStart(): void {
  const isToStart = useStudio(startsByItself);
  const evaluateStep = useStudio((s) => s.evaluateStep);
  useLayoutEffect(() => {
    if (isToStart) void evaluateStep();
  }, [isToStart, evaluateStep]);
}

/** Verdict, with a notice if it's out of date. */
function Judgement({ onGive }: { onGive: () => void }) {
  const kept = useStudio(shownEvaluation)!;
  const reasons = useStudioFields(outOfDate);
  const chosen = useStudioFields((s) => ({ step: evaluatedStep(s) ?? 0, which: evaluated(s).which }));
  const isImproving = useIsImproving();
  const sampled = useStudio((s) => sampledWords(kept.record, evaluated(s).log.evaluations));
  const { tone, judgement, evidence } = judged(kept.record, isImproving && reasons.length === 0);
  return (
    <>
      {reasons.length > 0 && (
        <Notice
          tone="warn"
          title={outOfDateWords(reasons, kept.record, chosen)}
          actions={<MeasureOrGive onGive={onGive} isMain />}
        />
      )}
      <Verdict
        sign={tone}
        judgement={judgement}
        actions={
          reasons.length === 0 && (
            <>
              <StridedButton />
              <MeasureOrGive onGive={onGive} />
              <Next />
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
function Next() {
  const [, go] = useLocation();
  const standing = useStudio(evaluatedStanding);
  return <NextButton step={useNextStep('evaluate', go, standing)} isDense />;
}

/** Downloads what this part of the page shows. */
function Download({ isAsked }: { isAsked: boolean }) {
  const saveTable = useStudio((s) => s.saveTable);
  const saveEvaluation = useStudio((s) => s.saveEvaluation);
  const run = useStudio((s) => shownRun(s, 'evaluate').record?.name ?? '');
  const kept = useStudio((s) => shownEvaluation(s)?.record);
  const asked = useStudio(listsOfRun);
  const shown = useStudio(shownLists);
  const record = isAsked ? shown : kept;
  if (!record) return null;
  return (
    <MenuButton
      entries={[
        { id: 'csv', label: 'CSV', hint: isAsked ? 'all steps' : 'for a spreadsheet' },
        { id: 'json', label: 'JSON', hint: 'all details' },
      ]}
      onChoose={(id) => {
        if (id === 'json') saveEvaluation(record);
        else if (isAsked) saveTable(evaluationFile(record), askedRows(run, asked));
        else saveTable(evaluationFile(record), evaluationRows(run, record));
      }}
    >
      Download report
    </MenuButton>
  );
}

function Working() {
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
function MeasureOrGive({ onGive, isMain }: { onGive: () => void; isMain?: boolean }) {
  const isToGive = useStudio((s) => s.evaluatedOn === 'text' && s.ownText === null);
  if (isToGive)
    return (
      <Button isDense onPress={onGive}>
        Choose text…
      </Button>
    );
  return <MeasureButton {...(isMain && { isMain })}>Evaluate again</MeasureButton>;
}

/** Empty stage with a button that starts an evaluation. */
function NotMeasured({ onGive }: { onGive: () => void }) {
  const [, go] = useLocation();
  const { on, refusal, text, hasData, isMeasured, isOfText, isClassifier, isBusy, looks } = useStudioFields((s) => {
    const { record } = shownRun(s, 'evaluate');
    return {
      on: s.evaluatedOn,
      refusal: evaluateRefusal(s),
      text: s.ownText,
      isMeasured: record !== null && unmeasuredWords(record) === undefined,
      isOfText: record !== null && isMeasuredOnText(record),
      isClassifier: record?.model.config.classes !== undefined,
      hasData: record !== null && dataOf(record).id !== null,
      isBusy: s.evaluating.kind === 'busy',
      looks: looksSoFar(s),
    };
  });
  const words = {
    validation: undefined,
    test: `${looksWords(looks)}. Save it for the model that you publish.`,
    text: text ? `${text.name}, ${counted(Array.from(text.text).length, 'character')}` : 'Paste text or drop a file.',
  };
  const isToGive = isOfText && ((on === 'text' && !text) || (on !== 'text' && !hasData));
  const isToHoldOut = isMeasured && on === 'test' && hasData && refusal !== undefined && !isBusy;
  return (
    <EmptyStage
      figure={isClassifier ? <ExampleMatrix /> : <ExampleBaselines />}
      reason={refusal === undefined || (on === 'text' && isToGive) ? words[on] : refusal}
      action={
        isToGive ? (
          <Button variant="go" onPress={onGive}>
            Choose text…
          </Button>
        ) : isToHoldOut ? (
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
