import { useEffect, useState } from 'react';
import { toFailure } from '../core/base/errors';
import type { Plan } from '../core/plan/plan';
import { isAsNew, planKey, plannedNow } from './plan';
import { useStudio, useStudioStore } from './react';

interface UsedPlan {
  minutes: number;
  /** Undefined until it is made, and if none can be. */
  plan: Plan | undefined;
  /** Why there is no plan. */
  failure: string | undefined;
  /** Whether there is a text, and a device to plan for. */
  isReady: boolean;
}

/** Plan for the project's texts and minutes. Unchanged settings follow it. */
export function usePlan(): UsedPlan {
  const store = useStudioStore();
  const minutes = useStudio((s) => s.project.plan.minutes);
  const key = useStudio((s) => planKey(s, s.project.plan.minutes));
  const plan = useStudio((s) => (s.planned?.of === key ? s.planned.plan : undefined));
  const isReady = useStudio((s) => s.texts.length > 0 && s.device.kind === 'open');
  const isBusy = useStudio((s) => s.importing.kind === 'busy' || Boolean(s.training));
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    const s = store.getState();
    // A button may have requested the plan already without changing settings.
    if (isReady && !isBusy && (s.planned?.of !== key || isAsNew(s.project)))
      store
        .getState()
        .planFor(minutes)
        .then(
          () => setFailure(undefined),
          (error: unknown) => setFailure(toFailure(error).message),
        );
  }, [isReady, isBusy, key, minutes, store]);
  return { minutes, plan, failure, isReady };
}

/** Requests the plan for a button's time: the one that a project with untouched settings starts with. */
export function usePlannedTime(isNeeded: boolean): void {
  const store = useStudioStore();
  const key = useStudio((s) =>
    isNeeded && s.texts.length > 0 && s.device.kind === 'open' && isAsNew(s.project)
      ? planKey(s, s.project.plan.minutes)
      : undefined,
  );
  const isBusy = useStudio((s) => s.importing.kind === 'busy' || Boolean(s.training));
  useEffect(() => {
    const s = store.getState();
    // A start reports why there is no plan.
    if (key !== undefined && !isBusy && !plannedNow(s)) s.lookAtPlan().catch(() => undefined);
  }, [store, key, isBusy]);
}
