import { useState } from 'react';
import { useLocation } from 'wouter';
import { formatCount } from '../../core/base/units';
import { recipeOf } from '../../core/runs/segments';
import { isBeaten } from '../../core/runs/standing';
import { toneOf, type Verdict as RunJudgement, type VerdictKind } from '../../core/train/verdict';
import { type RunState, runStateOf } from '../../state/nextStep';
import { shownRun } from '../../state/openRun';
import { overdue, overdueWords } from '../../state/overdue';
import { useSavedSteps, useShown, useShownPart, useStudio, useStudioFields, useStudioStore } from '../../state/react';
import { resumeRefusal } from '../../state/refusals';
import { bestWords } from '../../state/trained';
import { learningOf, type Standing, standingOf } from '../../state/standing';
import { useNextStep, useTryIt } from '../../state/useNextStep';
import { useForecastWords } from '../../state/useForecast';
import { useVerdict } from '../../state/verdict';
import { Button, NextButton, Verdict } from '../../ui';
import { changeAndContinue } from './changing';
import { restWords } from './restWords';
import { TrainLonger } from './TrainLonger';

/** Verdicts on a run that went past its best step. */
const WENT_PAST: readonly VerdictKind[] = ['overfitting', 'unstable'];

const NOT_LEARNING: Omit<Standing, 'kind'> = {};

/** State of the run, evidence, and the next step. */
export function RunVerdict() {
  const verdict = useVerdict();
  const state = useShownPart('train', runStateOf);
  const standing = useStudioFields((s): Partial<Standing> =>
    state === 'finished' ? standingOf(shownRun(s, 'train'), s.project, verdict.trend) : {},
  );
  const isRunning = state === 'running' || state === 'stopping';
  const learning = useStudioFields((s) => (isRunning && learningOf(shownRun(s, 'train'), s.project)) || NOT_LEARNING);
  const late = useOverdue();
  const forecast = useForecastWords();
  useSavedSteps('train');
  const best = useShownPart('train', bestWords);
  const tone = toneOf(verdict);
  const isFine = isFineSoFar(verdict, learning.judgement !== undefined);
  if (late && isFine) return <SlowerThanPlanned {...late} />;
  if (state === 'paused' || state === 'interrupted') return <Paused state={state} />;
  if (isRunning && isFine && learning.judgement !== undefined) {
    return (
      <Verdict isSteady sign="running" judgement={learning.judgement} actions={<NextSteps state={state} />}>
        {learning.evidence}
      </Verdict>
    );
  }
  if (standing.judgement !== undefined) {
    return (
      <Verdict
        sign={isBeaten({ kind: 'unknown', ...standing }) ? 'warn' : 'ok'}
        judgement={standing.judgement}
        actions={<NextSteps state={state} />}
      >
        {standing.evidence}
        {WENT_PAST.includes(verdict.kind) && best !== undefined && ` ${best}`}
      </Verdict>
    );
  }
  return (
    <Verdict
      isSteady={isRunning}
      sign={isRunning && isFine ? 'running' : tone}
      judgement={verdict.judgement}
      actions={<NextSteps state={state} />}
    >
      {verdict.evidence} {isRunning && isFine && forecast !== undefined ? forecast : verdict.next}
      {WENT_PAST.includes(verdict.kind) && best !== undefined && ` ${best}`}
    </Verdict>
  );
}

/** Whether a training run needs no action: its loss falls, or a classifier's loss is on a plateau. */
function isFineSoFar(verdict: RunJudgement, isClassifier: boolean): boolean {
  const { kind, trend } = verdict;
  const tone = toneOf(verdict);
  if (tone !== 'warn' && tone !== 'error') return true;
  return (kind === 'memorizing' && trend === 'falling') || (kind === 'plateau' && isClassifier);
}

/** Paused or interrupted run: what is saved, what is lost, and the time left. */
function Paused({ state }: { state: 'paused' | 'interrupted' }) {
  const words = useStudioFields((s) => restWords(shownRun(s, 'train')));
  return (
    <Verdict sign="paused" judgement={words.judgement} actions={<NextSteps state={state} />}>
      {words.evidence}
    </Verdict>
  );
}

/** The filled button, and one outlined button before it. */
function NextSteps({ state }: { state: RunState }) {
  const [, go] = useLocation();
  const next = useNextStep('train', go);
  const [isAsking, setAsking] = useState(false);
  const { record, saved } = useShown('train');
  const tryIt = useTryIt(go);
  const refusal = useStudio(resumeRefusal);
  return (
    <>
      {(state === 'paused' || state === 'interrupted') && saved && <Button onPress={tryIt}>Try it so far</Button>}
      {state === 'finished' && next && next.kind !== 'try' && <Button onPress={tryIt}>Try it</Button>}
      {state === 'finished' && next?.kind === 'try' && record && saved && (
        <>
          <Button disabledReason={refusal} onPress={() => setAsking(true)}>
            Train longer…
          </Button>
          <TrainLonger
            isOpen={isAsking}
            onClose={() => setAsking(false)}
            done={saved.step}
            planned={recipeOf(record).steps}
          />
        </>
      )}
      <NextButton step={next} />
    </>
  );
}

/** Detects a run that will take much longer than planned, every ten seconds, so that the text stays readable. */
function useOverdue(): SlowRun | undefined {
  const granted = useStudio((s) => s.granted);
  const log = useShownPart('train', (run) => run.log);
  const isPlannedRun = useShownPart('train', ({ id, phase }) => phase.kind === 'training' && id === granted?.runId);
  const of = useShownPart('train', ({ phase }) => ('of' in phase ? phase.of : 0));
  useShownPart('train', (run) => Math.floor(run.log.now / UPDATE_MS));
  const late = isPlannedRun && granted ? overdue(log, of, granted) : undefined;
  return late && { words: overdueWords(late, granted!), steps: late.shorter.steps };
}
/** Milliseconds between two updates of the text. */
const UPDATE_MS = 10_000;

interface SlowRun {
  words: string;
  steps: number;
}
/** Offers to shorten a run that is slower than planned. */
function SlowerThanPlanned({ words, steps }: SlowRun) {
  const store = useStudioStore();
  const record = useShownPart('train', (run) => run.record);
  const shorten = (): void => {
    if (record) void changeAndContinue(store, record, { ...recipeOf(record), steps }, false);
  };
  return (
    <Verdict
      isSteady
      sign="warn"
      judgement="Slower than planned"
      actions={
        <>
          {record && <Button onPress={shorten}>Shorten to {formatCount(steps)} steps</Button>}
          <NextSteps state="running" />
        </>
      }
    >
      {words}
    </Verdict>
  );
}
