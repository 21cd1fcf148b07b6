import { tunedAs } from '../core/documents/record';
import { modelOf } from './openRun';
import type { Studio } from './slices/studio';

/** Whether there is a model to tune, or a label to train on. */
export const hasModelOrLabel = (s: Studio): boolean =>
  (s.runs?.length ?? 0) > 0 ||
  modelOf(s, 'train') !== null ||
  s.tuneTexts.some((text) => tunedAs(text) === 'labels') ||
  s.texts.some(({ labels }) => labels !== undefined);
