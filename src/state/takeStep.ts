/** Performs a next step. */
import { recipeOf } from '../core/runs/segments';
import { CLASSIFIER_SETUP, MISTAKES } from './classifierStart';
import { guideOf, LONGER, type NextStepKind } from './nextStep';
import { shownRun } from './openRun';
import { FIRST_SAMPLE } from './plan';
import { answer, firstQuestion, questionsOf } from './questions';
import type { StudioStore } from './slices/studio';

/** @returns path of the page with the result */
export async function takeStep(store: StudioStore, kind: NextStepKind): Promise<string> {
  const s = store.getState();
  const { id, record, usable } = shownRun(s, 'train');
  switch (kind) {
    case 'add-text':
      return '/text';
    case 'try-sample':
      void s.growSample(FIRST_SAMPLE);
      return '/train';
    case 'answer':
    case 'train-classifier': {
      const question = firstQuestion(questionsOf(s));
      return question ? answer(s, question) : '/text';
    }
    case 'check-labels':
    case 'set-up-classifier':
      return CLASSIFIER_SETUP;
    case 'check-mistakes':
      return MISTAKES;
    case 'start':
      void s.start();
      return '/train';
    case 'resume':
      void s.resume();
      return '/train';
    case 'train-longer':
      void s.resume(LONGER * (record ? recipeOf(record).steps : 0));
      return '/train';
    case 'train-at-rate': {
      const { needsRate } = guideOf(s);
      if (needsRate !== undefined) s.setRecipe({ learningRate: needsRate });
      void s.start();
      return '/train';
    }
    case 'stop-at-best':
      s.stop();
      return '/train';
    case 'show-failure':
      return '/train';
    case 'try':
      if (usable) await s.show('playground', id);
      // Focuses the text field.
      return record?.model.config.classes ? '/playground?text' : '/playground';
    default:
      return kind satisfies never;
  }
}
