import { useEffect, useState } from 'react';
import { toFailure } from '../core/base/errors';
import type { Plan } from '../core/plan/plan';
import { planKey } from './plan';
import { useStudio, useStudioStore } from './react';

export interface UsedPlan {
  minutes: number;
  /** Undefined until it is made, and where none can be. */
  plan: Plan | undefined;
  /** Why none can be made. */
  failure: string | undefined;
  /** There is a text, and a device to plan for. */
  isReady: boolean;
}

/** What is planned for the project's texts in its minutes, made where it is told: what nobody has set follows it. */
export function usePlan(): UsedPlan {
  const store = useStudioStore();
  const minutes = useStudio((s) => s.project.plan.minutes);
  const key = useStudio((s) => planKey(s, s.project.plan.minutes));
  const plan = useStudio((s) => (s.planned?.of === key ? s.planned.plan : undefined));
  const isReady = useStudio((s) => s.texts.length > 0 && s.device.kind === 'open');
  const isBusy = useStudio((s) => s.importing.kind === 'busy' || Boolean(s.training));
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (isReady && !isBusy && store.getState().planned?.of !== key)
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
