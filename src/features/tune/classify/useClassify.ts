/** State of the page Classify: labels of the texts, the plan, and the newest classifier. */
import { useEffect, useMemo, useState } from 'react';
import { type Failure, toFailure } from '../../../core/base/errors';
import type { Progress } from '../../../core/base/job';
import type { TextRecord } from '../../../core/documents';
import { textRef } from '../../../core/documents/record';
import type { EvaluationRecord } from '../../../core/runs/evaluations';
import type { LabelsSummary, RunRow } from '../../../protocol/data';
import { bodyOf, type ClassifierPlan, labelsRefusal, planClassifier } from '../../../state/classifierPlan';
import { useStudio, useStudioFields, useStudioStore } from '../../../state/react';
import { tuneRefusal } from '../../../state/refusals';
import { usedStep, usedStepWords } from '../../../state/trained';
import { useSettled } from '../../../state/useSettled';
import { useAnswer } from './useAnswer';
import { classifierOf, toTuneOn, tuningBase } from '../../../state/tuningInputs';

interface Survey {
  summary: LabelsSummary | undefined;
  failure: Failure | undefined;
  progress: Progress | undefined;
}
/** Survey of the labels. While it counts again, `summary` may belong to other settings. */
export interface LabelSurvey extends Survey {
  isCounting: boolean;
  /** Retries after a failure. */
  retry: () => void;
}

/** Counts labels again whenever the texts, their labels or the tokenizer change. */
function useSurvey(texts: readonly TextRecord[]): LabelSurvey {
  const store = useStudioStore();
  const fewest = useStudio((s) => s.project.tuning.classify.fewest);
  // The length of the texts in tokens, and how much of each is read, depend on these.
  const tokenizer = useStudio((s) => {
    const { made, model } = bodyOf(s);
    const tokenizerKey = made
      ? `${made.kind} ${made.vocabulary}`
      : (tuningBase(s, 'classify')?.row.record.id ?? s.project.tokenizer?.hash ?? '');
    return `${tokenizerKey} ${model.config.context}`;
  });
  const refs = texts.map(textRef).join(' ');
  // Identifies the texts: earlier counts of the same texts stay until new ones arrive.
  const ids = texts.map(({ id }) => id).join(' ');
  const key = refs && `${refs} ${fewest} ${tokenizer}`;
  const [state, setState] = useState<{ key: string; ids: string; isCounting: boolean } & Partial<Survey>>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    const update = (changes: Partial<Survey & Pick<LabelSurvey, 'isCounting'>>): void => {
      if (controller.signal.aborted) return;
      // Keeps the last counts until the new ones arrive.
      setState((previous) => ({
        key,
        ids,
        ...(previous?.ids === ids && previous.summary && { summary: previous.summary }),
        isCounting: true,
        ...changes,
      }));
    };
    const runSurvey = async (): Promise<void> => {
      const { survey: ask } = await store.getState().classifying();
      const summary = await ask({ signal: controller.signal, onProgress: (progress) => update({ progress }) });
      update({ summary, isCounting: false });
    };
    runSurvey().catch((error: unknown) => update({ failure: toFailure(error), isCounting: false }));
    return () => controller.abort();
  }, [store, key, ids, attempt]);
  const current = key !== '' && state?.ids === ids ? state : undefined;
  const retry = (): void => {
    setState(undefined);
    setAttempt(attempt + 1);
  };
  const failure = current?.key === key ? current.failure : undefined;
  const isCounting = key !== '' && (!current || current.key !== key || current.isCounting);
  return { summary: current?.summary, failure, progress: current?.progress, isCounting, retry };
}

/** Evaluation of the checkpoint in use; undefined while it is read. */
function useEvaluationRecord(row: RunRow | undefined): EvaluationRecord | null | undefined {
  const step = useStudio((s) => row && usedStep(s, row.record.id));
  const result = useAnswer(
    async ({ judged }) => (row && step !== undefined ? judged(row.record.id, step) : null),
    null,
    [row, step],
  );
  // Shows the previous result of the same run until the new one arrives.
  const resultRow = result?.dependencies[0] as RunRow | undefined;
  return row && resultRow?.record.id === row.record.id ? result?.answer : undefined;
}

export interface ClassifySituation {
  texts: readonly TextRecord[];
  survey: LabelSurvey;
  plan: ClassifierPlan | undefined;
  failure: Failure | undefined;
  base: { row: RunRow; step: number } | undefined;
  classifier: RunRow | undefined;
  /** Null if the checkpoint in use isn't evaluated; undefined while its evaluation is read. */
  evaluationRecord: EvaluationRecord | null | undefined;
  /** Checkpoint in use, and the reason for it. */
  step: number | undefined;
  stepWords: string | undefined;
  /** Reason why training can't start. */
  refusal: string | undefined;
}

/** State of the page. */
export function useClassify(): ClassifySituation {
  const project = useStudio((s) => s.project);
  const runs = useStudio((s) => s.runs);
  const device = useStudio((s) => s.device);
  const tuneTexts = useStudio((s) => s.tuneTexts);
  const texts = useMemo(() => toTuneOn({ project, tuneTexts }, 'classify'), [project, tuneTexts]);
  const survey = useSurvey(texts);
  const { summary } = survey;
  const planned = useMemo(
    () => (summary ? planClassifier({ project, runs, device }, summary) : undefined),
    [project, runs, device, summary],
  );
  const [plan, failure] = planned && 'code' in planned ? [undefined, planned] : [planned, undefined];
  const { row, step } = useStudioFields((s) => ({ row: undefined, step: 0, ...tuningBase(s, 'classify') }));
  const classifier = useStudio(classifierOf);
  const evaluationRecord = useEvaluationRecord(classifier);
  useSettled(classifier?.record.id);
  const classifierId = classifier?.record.id ?? '';
  const stepInUse = useStudioFields((s) => ({
    step: usedStep(s, classifierId),
    stepWords: usedStepWords(s, classifierId),
  }));
  const stateRefusal = useStudio((s) => tuneRefusal(s, 'classify'));
  return {
    texts,
    survey,
    plan,
    failure,
    base: row && { row, step },
    classifier,
    evaluationRecord,
    ...stepInUse,
    refusal:
      stateRefusal ??
      survey.failure?.message ??
      (summary ? labelsRefusal(summary) : 'Counting labels') ??
      failure?.message ??
      plan?.problems[0]?.message,
  };
}
