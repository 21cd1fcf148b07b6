/** Why a page has no model, and the one button that leads to one. */
import { modelNeed } from './need';
import type { Page } from './openRun';
import { useStudioFields } from './react';
import { useNextStep, type NextStepButton } from './useNextStep';

export interface PageNeed {
  /** A sentence; undefined where the button says enough. */
  reason: string | undefined;
  step: Pick<NextStepButton, 'label' | 'disabledReason' | 'onPress'> | undefined;
}

/**
 * Undefined once the page has a model.
 * @param go opens the page at a path
 */
export function useNeed(page: Page, go: (path: string) => void): PageNeed | undefined {
  const next = useNextStep(page, go);
  const { isNeeded, reason, label, path } = useStudioFields((s) => {
    const need = modelNeed(s, page);
    return { isNeeded: need !== undefined, reason: need?.reason, ...need?.button };
  });
  if (!isNeeded) return undefined;
  if (label === undefined || path === undefined) return { reason, step: next };
  return { reason, step: { label, disabledReason: undefined, onPress: () => go(path) } };
}
