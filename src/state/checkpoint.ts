/** Checkpoint that a page works with, and the other checkpoints of its run. */
import { formatCount } from '../core/base/units';
import { useShown, useStudio, useStudioFields } from './react';
import { choiceOf, stepChoices, trained, whichOf } from './trained';
import type { Page } from './slices/run';

export function useCheckpointSummary(page: Page) {
  const { step, why, name, result, notKept, holds } = useStudioFields((s) => trained(s, page));
  const remark = [notKept, holds].filter((words) => words !== undefined).join(' · ');
  return { step: formatCount(step), why, name, result, remark: remark === '' ? undefined : remark };
}

export function useCheckpointChoice(page: Page) {
  const run = useShown(page);
  const setWhich = useStudio((s) => s.setWhich);
  return {
    value: choiceOf(run),
    onChange: (chosen: string) => setWhich(page, whichOf(chosen)),
    options: stepChoices(run),
  };
}
