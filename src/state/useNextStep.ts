/** The next step as a button: its words, and what it does. */
import { courseOf } from '../core/runs/course';
import { recipeOf } from '../core/runs/segments';
import type { Course } from '../core/train/verdict';
import { guideOf, LONGER, nextStep, type NextStepKind, type Standing } from './nextStep';
import { shownRun } from './openRun';
import { useStudioFields, useStudioStore } from './react';
import { useRunSettings } from './runSettings';
import type { Studio, StudioStore } from './studio';
import { useVerdict } from './verdict';

export interface NextStepButton {
  label: string;
  disabledReason: string | undefined;
  onPress: () => void;
}

/** @param go opens the page at a path */
export function useNextStep(go: (path: string) => void): NextStepButton | undefined {
  const store = useStudioStore();
  const settings = useRunSettings();
  const { kind: verdict, trend } = useVerdict();
  const { label, kind, refusal } = useStudioFields((s) => {
    const isJudged = trend !== null || verdict !== 'beginning';
    const step = nextStep(guideOf(s, isJudged ? verdict : null, standingOf(s, settings)));
    return { label: step?.label, kind: step?.kind, refusal: step?.refusal };
  });
  if (label === undefined || kind === undefined) return undefined;
  return { label, disabledReason: refusal, onPress: () => void takeStep(store, kind).then(go) };
}

/** Opens Playground with the run that Train shows. */
export function useTryIt(go: (path: string) => void): () => void {
  const store = useStudioStore();
  return () => void takeStep(store, 'try').then(go);
}

/** Whether the best evaluation is better than the strongest model that only counts. */
function standingOf(s: Studio, settings: Parameters<typeof courseOf>[0]): Standing {
  const { log } = shownRun(s, 'train');
  const { baselines, after }: Course = courseOf(settings, { ...NOTHING, evaluations: log.evaluations });
  const losses = log.evaluations.filter(({ step }) => step > after).map(({ loss }) => loss);
  const [, ...counting] = baselines; // the first only guesses
  if (losses.length === 0 || counting.length === 0) return 'unknown';
  const strongest = Math.min(...counting.map(({ loss }) => loss));
  return Math.min(...losses) < strongest ? 'better' : 'worse';
}
const NOTHING = { trained: () => undefined, planned: 0, isOver: true };

/** @returns the path of the page that shows what comes of it */
async function takeStep(store: StudioStore, kind: NextStepKind): Promise<string> {
  const s = store.getState();
  const { id, record, usable } = shownRun(s, 'train');
  switch (kind) {
    case 'add-text':
    case 'check-labels':
      return '/text';
    case 'start':
      void s.start();
      return '/train';
    case 'resume':
      void s.resume();
      return '/train';
    case 'train-longer':
      void s.resume(LONGER * (record ? recipeOf(record).steps : 0));
      return '/train';
    case 'show-failure':
      return '/train';
    case 'stop-at-best':
      s.stop();
      return '/train';
    case 'try':
      if (usable) await s.show('playground', id);
      return '/playground';
    default:
      return kind satisfies never;
  }
}
