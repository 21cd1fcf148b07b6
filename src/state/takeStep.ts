/** Does what a next step says. */
import { betterStep } from '../core/runs/best';
import { recipeOf } from '../core/runs/segments';
import { LONGER, type NextStepKind } from './nextStep';
import { shownRun } from './openRun';
import type { Studio, StudioStore } from './studio';

/** @returns the path of the page that shows what comes of it */
export async function takeStep(store: StudioStore, kind: NextStepKind): Promise<string> {
  const s = store.getState();
  const { id, record, usable } = shownRun(s, 'train');
  switch (kind) {
    case 'add-text':
      return '/text';
    case 'check-labels':
      return '/tune?kind=classify';
    case 'start':
      void s.start();
      return '/train';
    case 'resume':
      void s.resume();
      return '/train';
    case 'train-longer':
      void s.resume(LONGER * (record ? recipeOf(record).steps : 0));
      return '/train';
    case 'stop-at-best':
      pickBest(s);
      s.stop();
      return '/train';
    case 'show-failure':
      return '/train';
    case 'try':
      pickBest(s);
      if (usable) await s.show('playground', id);
      // With the focus in the field of the text.
      return record?.model.config.classes ? '/playground?text' : '/playground';
    default:
      return kind satisfies never;
  }
}

/** Picks the best step of the run that Train shows, where a later one is worse and nobody has picked another. */
function pickBest(s: Studio): void {
  const { record, steps, log, isPicked } = shownRun(s, 'train');
  if (record && !isPicked && betterStep(record, steps, log.evaluations) === 'best') s.setWhich('train', 'best');
}
