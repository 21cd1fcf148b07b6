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
/** While the survey counts again, `summary` may belong to other settings. */
export interface Surveyed extends Survey {
  isCounting: boolean;
  /** Retries after a failure. */
  again: () => void;
}

/** Counts labels again whenever the texts, their labels or the tokenizer change. */
function useSurvey(texts: readonly TextRecord[]): Surveyed {
  const store = useStudioStore();
  const fewest = useStudio((s) => s.project.tuning.classify.fewest);
  // Inputs that decide how long the texts are and how much of each is read.
  const tokenizer = useStudio((s) => {
    const { made, model } = bodyOf(s);
    const of = made
      ? `${made.kind} ${made.vocabulary}`
      : (tuningBase(s, 'classify')?.row.record.id ?? s.project.tokenizer?.hash ?? '');
    return `${of} ${model.config.context}`;
  });
  const refs = texts.map(textRef).join(' ');
  // Results of other texts don't apply to these.
  const ids = texts.map(({ id }) => id).join(' ');
  const key = refs && `${refs} ${fewest} ${tokenizer}`;
  const [found, setFound] = useState<{ of: string; ids: string; isCounting: boolean } & Partial<Survey>>();
  const [time, setTime] = useState(0);
  useEffect(() => {
    if (key === '') return undefined;
    const stop = new AbortController();
    const tell = (state: Partial<Survey & Pick<Surveyed, 'isCounting'>>): void => {
      if (stop.signal.aborted) return;
      // Keeps the last counts until the new ones arrive.
      setFound((before) => ({
        of: key,
        ids,
        ...(before?.ids === ids && before.summary && { summary: before.summary }),
        isCounting: true,
        ...state,
      }));
    };
    const survey = async (): Promise<void> => {
      const { survey: ask } = await store.getState().classifying();
      const summary = await ask({ signal: stop.signal, onProgress: (progress) => tell({ progress }) });
      tell({ summary, isCounting: false });
    };
    survey().catch((error: unknown) => tell({ failure: toFailure(error), isCounting: false }));
    return () => stop.abort();
  }, [store, key, ids, time]);
  const own = key !== '' && found?.ids === ids ? found : undefined;
  const again = (): void => {
    setFound(undefined);
    setTime(time + 1);
  };
  const failure = own?.of === key ? own.failure : undefined;
  const isCounting = key !== '' && (!own || own.of !== key || own.isCounting);
  return { summary: own?.summary, failure, progress: own?.progress, isCounting, again };
}

/** Evaluation of the checkpoint in use; undefined while it is read. */
function useJudged(row: RunRow | undefined): EvaluationRecord | null | undefined {
  const step = useStudio((s) => row && usedStep(s, row.record.id));
  const found = useAnswer(
    async ({ judged }) => (row && step !== undefined ? judged(row.record.id, step) : null),
    null,
    [row, step],
  );
  // Shows the previous result of the same run until the new one arrives.
  const of = found?.on[0] as RunRow | undefined;
  return row && of?.record.id === row.record.id ? found?.answer : undefined;
}

export interface ClassifySituation {
  texts: readonly TextRecord[];
  survey: Surveyed;
  plan: ClassifierPlan | undefined;
  failure: Failure | undefined;
  base: { row: RunRow; step: number } | undefined;
  classifier: RunRow | undefined;
  judged: EvaluationRecord | null | undefined;
  /** Checkpoint in use, and the reason for it. */
  step: number | undefined;
  stepWords: string | undefined;
  /** Reason why training can't start. */
  refusal: string | undefined;
}

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
  const judged = useJudged(classifier);
  useSettled(classifier?.record.id);
  const of = classifier?.record.id ?? '';
  const used = useStudioFields((s) => ({ step: usedStep(s, of), stepWords: usedStepWords(s, of) }));
  const cannot = useStudio((s) => tuneRefusal(s, 'classify'));
  return {
    texts,
    survey,
    plan,
    failure,
    base: row && { row, step },
    classifier,
    judged,
    ...used,
    refusal:
      cannot ??
      survey.failure?.message ??
      (summary ? labelsRefusal(summary) : 'Counting labels') ??
      failure?.message ??
      plan?.problems[0]?.message,
  };
}
