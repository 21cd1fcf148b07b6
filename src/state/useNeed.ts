/** Why a page has no model, and a button that leads to one. */
import type { Purpose } from '../core/runs/tuning';
import { baseNeed, modelNeed, type Need } from './need';
import { useStudioFields } from './react';
import { useNextStep, type NextStepButton } from './useNextStep';
import type { Studio } from './slices/studio';
import type { Page } from './slices/run';

export interface PageNeed {
  /** A sentence; undefined if the button says enough. */
  reason: string | undefined;
  step: Pick<NextStepButton, 'label' | 'disabledReason' | 'onPress'> | undefined;
}

/**
 * Undefined once the page has a model.
 * @param go opens the page at a path
 */
export const useNeed = (page: Page, go: (path: string) => void): PageNeed | undefined =>
  usePageNeed((s) => modelNeed(s, page), page, go);

/** Like `useNeed` for Teach it more: undefined once there is a model to tune. */
export const useBaseNeed = (purpose: Purpose, go: (path: string) => void): PageNeed | undefined =>
  usePageNeed((s) => baseNeed(s, purpose), 'tune', go);

function usePageNeed(
  needOf: (s: Studio) => Need | undefined,
  page: string,
  go: (path: string) => void,
): PageNeed | undefined {
  const next = useNextStep(page, go);
  const { isNeeded, reason, label, path } = useStudioFields((s) => {
    const need = needOf(s);
    return { isNeeded: need !== undefined, reason: need?.reason, ...need?.button };
  });
  if (!isNeeded) return undefined;
  if (label === undefined || path === undefined) return { reason, step: next };
  return { reason, step: { label, disabledReason: undefined, onPress: () => go(path) } };
}
