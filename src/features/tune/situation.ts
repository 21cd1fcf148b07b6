/** State of this page: base model, training data, plan, and reasons that prevent a start. */
import { useMemo } from 'react';
import { useStudio, useStudioFields } from '../../state/react';
import { tuneRefusal } from '../../state/refusals';
import { type Doubt, doubtsOf, keepsOldText, planTuning, type TuningPlan } from '../../state/tuningPlan';
import type { Failure } from '../../core/base/errors';
import type { TextRecord } from '../../core/documents';
import type { Purpose, TuningChoice } from '../../core/runs/tuning';
import type { RunRow } from '../../protocol/data';
import { type PreviewState, useLossMaskPreview } from './useLossMaskPreview';
import { oldTextsOf, toTuneOn, tuningBase } from '../../state/tuningInputs';

/** Inputs and plan of a fine-tuning run. */
export interface Situation {
  tuning: TuningChoice;
  base: { row: RunRow; step: number } | undefined;
  /** Training data for this purpose. */
  texts: readonly TextRecord[];
  lossMask: PreviewState;
  /** Index of the first conversation shown, and a setter. */
  from: number;
  show: (from: number) => void;
  plan: TuningPlan | undefined;
  /** Reason why there is no plan: the model lacks the parameters to train. */
  failure: Failure | undefined;
  doubts: readonly Doubt[];
  /** Whether forgetting can be measured. */
  hasOldText: boolean;
  /** Reason why training can't start. */
  refusal: string | undefined;
}

export function useSituation(purpose: Purpose, from: number, show: (from: number) => void): Situation {
  const storedProject = useStudio((s) => s.project);
  // The URL decides: another tab may have changed the project's purpose.
  const project = useMemo(
    () => ({ ...storedProject, tuning: { ...storedProject.tuning, purpose } }),
    [storedProject, purpose],
  );
  const { tuning } = project;
  const projectTexts = useStudio((s) => s.texts);
  const device = useStudio((s) => s.device);
  const tuneTexts = useStudio((s) => s.tuneTexts);
  const buildRate = useStudio((s) => s.buildRate);
  const { row, step } = useStudioFields((s) => ({ row: undefined, step: 0, ...tuningBase(s) }));
  const texts = useMemo(() => toTuneOn({ project, tuneTexts }), [project, tuneTexts]);
  const lossMask = useLossMaskPreview(tuning.purpose === 'instruct' ? row : undefined, texts, tuning.template, from);
  const planned = useMemo(
    () =>
      row && planTuning({ project, texts: projectTexts, tuneTexts, device, buildRate }, row.record, lossMask.preview),
    [row, project, projectTexts, tuneTexts, device, buildRate, lossMask.preview],
  );
  const [plan, failure] = planned && 'code' in planned ? [undefined, planned] : [planned, undefined];
  const context = row?.record.model.config.context ?? 0;
  const doubts = lossMask.preview ? doubtsOf(lossMask.preview, tuning.heldOut, context) : [];
  const hasOldText =
    row !== undefined && (keepsOldText(row.record) || oldTextsOf({ project, texts: projectTexts }).length > 0);
  const stateRefusal = useStudio((s) => tuneRefusal(s, purpose));
  const blockingDoubt = doubts.find(({ tone }) => tone === 'error');
  return {
    tuning,
    base: row && { row, step },
    texts,
    lossMask,
    from,
    show,
    plan,
    failure,
    doubts,
    hasOldText,
    refusal:
      stateRefusal ??
      failure?.message ??
      lossMask.failure?.message ??
      plan?.problems[0]?.message ??
      blockingDoubt?.words ??
      (lossMask.isBusy && !lossMask.preview ? 'Preparing the training preview' : undefined),
  };
}
