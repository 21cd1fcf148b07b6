/** State of this page: base model, training data, plan, and why a start is refused. */
import { useMemo } from 'react';
import { useStudio, useStudioFields } from '../../state/react';
import { tuneRefusal } from '../../state/refusals';
import { type Doubt, doubtsOf, keepsOldText, planTuning, type TuningPlan } from '../../state/tuningPlan';
import type { Failure } from '../../core/base/errors';
import type { TextRecord } from '../../core/documents';
import type { Purpose, TuningChoice } from '../../core/runs/tuning';
import type { RunRow } from '../../protocol/data';
import { type PaintingState, useLossMaskPreview } from './useLossMaskPreview';
import { oldTextsOf, toTuneOn, tuningBase } from '../../state/tuningInputs';

export interface Situation {
  tuning: TuningChoice;
  base: { row: RunRow; step: number } | undefined;
  /** What is for this purpose. */
  texts: readonly TextRecord[];
  painting: PaintingState;
  /** The first conversation that is shown, and another. */
  from: number;
  show: (from: number) => void;
  plan: TuningPlan | undefined;
  /** Why it cannot be planned: the model has not what is to learn of it. */
  failure: Failure | undefined;
  doubts: readonly Doubt[];
  /** Whether what is forgotten can be measured. */
  hasOld: boolean;
  /** Why it cannot be started. */
  refusal: string | undefined;
}

export function useSituation(purpose: Purpose, from: number, show: (from: number) => void): Situation {
  const own = useStudio((s) => s.project);
  // The address says it: another tab may have gone to another.
  const project = useMemo(() => ({ ...own, tuning: { ...own.tuning, purpose } }), [own, purpose]);
  const { tuning } = project;
  const old = useStudio((s) => s.texts);
  const device = useStudio((s) => s.device);
  const tuneTexts = useStudio((s) => s.tuneTexts);
  const buildRate = useStudio((s) => s.buildRate);
  const { row, step } = useStudioFields((s) => ({ row: undefined, step: 0, ...tuningBase(s) }));
  const texts = useMemo(() => toTuneOn({ project, tuneTexts }), [project, tuneTexts]);
  const painting = useLossMaskPreview(tuning.purpose === 'instruct' ? row : undefined, texts, tuning.template, from);
  const planned = useMemo(
    () => row && planTuning({ project, texts: old, tuneTexts, device, buildRate }, row.record, painting.painting),
    [row, project, old, tuneTexts, device, buildRate, painting.painting],
  );
  const [plan, failure] = planned && 'code' in planned ? [undefined, planned] : [planned, undefined];
  const context = row?.record.model.config.context ?? 0;
  const doubts = painting.painting ? doubtsOf(painting.painting, tuning.heldOut, context) : [];
  const hasOld = row !== undefined && (keepsOldText(row.record) || oldTextsOf({ project, texts: old }).length > 0);
  const cannot = useStudio((s) => tuneRefusal(s, purpose));
  const stop = doubts.find(({ tone }) => tone === 'error');
  return {
    tuning,
    base: row && { row, step },
    texts,
    painting,
    from,
    show,
    plan,
    failure,
    doubts,
    hasOld,
    refusal:
      cannot ??
      failure?.message ??
      painting.failure?.message ??
      plan?.problems[0]?.message ??
      stop?.words ??
      (painting.isBusy && !painting.painting ? 'Preparing the training preview' : undefined),
  };
}
