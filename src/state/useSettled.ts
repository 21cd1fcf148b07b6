/** Evaluates a classifier's checkpoint on pages that use it, if training didn't. */
import { useEffect } from 'react';
import { useStudio, useStudioStore } from './react';
import { recordOf } from './recordOf';
import { usedStep } from './trained';

export function useSettled(runId: string | null | undefined): void {
  const store = useStudioStore();
  const step = useStudio((s) => (runId == null ? undefined : usedStep(s, runId)));
  const isTraining = useStudio((s) => s.training !== null);
  const isClassifier = useStudio((s) => recordOf(s, runId ?? '')?.model.config.classes !== undefined);
  useEffect(() => {
    if (runId == null || step === undefined || isTraining || !isClassifier) return;
    void store
      .getState()
      .classifying()
      .then(({ settle }) => settle(runId))
      .catch(() => undefined); // the page offers an evaluation
  }, [store, runId, step, isTraining, isClassifier]);
}
