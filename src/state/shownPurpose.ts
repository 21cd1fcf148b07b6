/** Which kind of tuning the page opens with. */
import type { Purpose } from '../core/runs/tuning';
import type { Studio } from './slices/studio';
import { classifierOf, toTuneOn } from './tuningInputs';

/** What the project was set to; where its run is a classifier and nothing is there for that, to classify. */
export function shownPurpose(s: Pick<Studio, 'project' | 'runs' | 'tuneTexts'>): Purpose {
  const { runId, tuning } = s.project;
  const isClassifier = runId !== null && classifierOf(s)?.record.id === runId;
  return isClassifier && toTuneOn(s).length === 0 ? 'classify' : tuning.purpose;
}
