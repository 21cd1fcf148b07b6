/** Words about saving of the open project, used by the strip and the Text page. */
import { counted, formatAgo, formatCount } from '../core/base/units';
import { isTraining, shownRun, spokenRun } from './openRun';
import { unansweredFiles } from './questions';
import type { Studio } from './slices/studio';

interface SavedWords {
  value: string;
  detail?: string;
  tone?: 'error';
}

/** Number of dropped files that are in no text until a person answers. */
export const unsavedFiles = (s: Pick<Studio, 'refused' | 'waitingFiles' | 'project'>): number =>
  unansweredFiles(s).length;

/** Words after `Saved`. @param now milliseconds since 1970 */
export function savedWords(s: Studio, now: number): SavedWords {
  if (s.kept === 'no') return { value: 'last change not saved', tone: 'error' };
  const isActive = isTraining(s);
  const unsaved = unsavedFiles(s);
  const hasTexts = s.texts.length + s.tuneTexts.length > 0;
  if (unsaved > 0 && hasTexts && !isActive) return { value: `all but ${counted(unsaved, 'file')}` };
  // Save of the run in progress, else of the existing model.
  const saved = spokenRun(s).saved ?? (isActive ? null : shownRun(s, 'playground').usable);
  if (saved) {
    const value = `step ${formatCount(saved.step)}`;
    return saved.at === null || !isActive ? { value } : { value, detail: formatAgo(now - saved.at) };
  }
  if (isActive) return { value: 'no step yet' };
  return { value: hasTexts ? 'all changes' : 'nothing yet' };
}
