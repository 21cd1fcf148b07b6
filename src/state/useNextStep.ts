/** The next step as a button: its words, and what it does. */
import { guideOf, nextStep, type NextStepKind } from './nextStep';
import { useStudioFields, useStudioStore } from './react';
import { takeStep } from './takeStep';

export interface NextStepButton {
  kind: NextStepKind;
  label: string;
  disabledReason: string | undefined;
  onPress: () => void;
}

/**
 * @param page id of the stage that shows the button
 * @param go opens the page at a path
 */
export function useNextStep(page: string, go: (path: string) => void): NextStepButton | undefined {
  const store = useStudioStore();
  const { label, kind, refusal } = useStudioFields((s) => {
    const step = nextStep(guideOf(s), page);
    return { label: step?.label, kind: step?.kind, refusal: step?.refusal };
  });
  if (label === undefined || kind === undefined) return undefined;
  return { kind, label, disabledReason: refusal, onPress: () => void takeStep(store, kind).then(go) };
}

/** Opens Playground with the run that Train shows. */
export function useTryIt(go: (path: string) => void): () => void {
  const store = useStudioStore();
  return () => void takeStep(store, 'try').then(go);
}
