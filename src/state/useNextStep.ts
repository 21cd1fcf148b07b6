/** The next step as a button with its label and action. */
import { guideOf, nextStep, type NextStepKind } from './nextStep';
import { useStudioFields, useStudioStore } from './react';
import type { StandingKind } from './standing';
import { takeStep } from './takeStep';
import { usePlannedTime } from './usePlan';

export interface NextStepButton {
  kind: NextStepKind;
  label: string;
  disabledReason: string | undefined;
  onPress: () => void;
}

/**
 * @param page id of the stage that shows the button
 * @param go opens the page at a path
 * @param standing of the model, if the page has a better one than the run's own evaluations
 */
export function useNextStep(
  page: string,
  go: (path: string) => void,
  standing?: StandingKind,
): NextStepButton | undefined {
  const store = useStudioStore();
  const { label, kind, refusal } = useStudioFields((s) => {
    const guide = guideOf(s);
    const step = nextStep(standing === undefined ? guide : { ...guide, standing }, page);
    return { label: step?.label, kind: step?.kind, refusal: step?.refusal };
  });
  usePlannedTime(kind === 'start');
  if (label === undefined || kind === undefined) return undefined;
  return { kind, label, disabledReason: refusal, onPress: () => void takeStep(store, kind).then(go) };
}

/** Opens Playground with the run that Train shows. */
export function useTryIt(go: (path: string) => void): () => void {
  const store = useStudioStore();
  return () => void takeStep(store, 'try').then(go);
}
